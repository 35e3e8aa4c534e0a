-- A desk's database as revision 0001 wrote it: eight invented recommendations, three decisions, two saved filters.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE decisions (
	id INTEGER NOT NULL, 
	item_id INTEGER NOT NULL, 
	version INTEGER, 
	user_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	kind VARCHAR(12) NOT NULL, 
	reading INTEGER NOT NULL, 
	"before" JSON NOT NULL, 
	"after" JSON NOT NULL, 
	action INTEGER, 
	issues JSON, 
	note TEXT, 
	prediction_id INTEGER, 
	shown JSON, 
	model_version VARCHAR(120), 
	taxonomy_version VARCHAR(40) NOT NULL, 
	seconds DOUBLE, 
	batch VARCHAR(40), 
	undoes INTEGER, 
	request VARCHAR(64), 
	PRIMARY KEY (id), 
	CONSTRAINT decisions_version UNIQUE (item_id, version), 
	CONSTRAINT decisions_request UNIQUE (user_id, request, item_id), 
	FOREIGN KEY(item_id) REFERENCES items (id), 
	FOREIGN KEY(user_id) REFERENCES users (id), 
	UNIQUE (undoes)
);
INSERT INTO "decisions" VALUES(1,1,1,1,'2026-01-01 00:00:05.000000','decide',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "done", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": null, "second": null}',4,'["Justice"]',NULL,1,'{"blind": false, "reasons": ["weak action"], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 3, "action_confidence": 0.3091, "action_set": [2, 3], "issues": ["Corruption", "Justice"], "issue_scores": {"Corruption": 0.627, "Justice": 0.615, "General": 0.12}}','linear-1','2014-10',NULL,NULL,NULL,'1');
INSERT INTO "decisions" VALUES(2,2,1,1,'2026-01-01 00:00:07.000000','decide',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "done", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": null, "second": null}',4,'["Justice"]',NULL,2,'{"blind": false, "reasons": ["weak action", "model and rules disagree", "coded 4 (General), the model says 5 (Specific) at 97 %"], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 4, "action_confidence": 0.5691, "action_set": [3, 4], "issues": ["Corruption", "Justice"], "issue_scores": {"Corruption": 0.829, "Justice": 0.531, "General": 0.12}}','linear-1','2014-10',NULL,NULL,NULL,'2');
INSERT INTO "decisions" VALUES(3,3,1,1,'2026-01-01 00:00:09.000000','decide',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "done", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": null, "second": null}',4,'["Justice"]',NULL,3,'{"blind": false, "reasons": ["audit sample"], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 5, "action_confidence": 0.8438, "action_set": [5], "issues": ["Human rights defenders"], "issue_scores": {"Human rights defenders": 0.694, "General": 0.12}}','linear-1','2014-10',NULL,NULL,NULL,'3');
CREATE TABLE desk (
	name VARCHAR(40) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE facet_values (
	id INTEGER NOT NULL, 
	facet VARCHAR(20) NOT NULL, 
	value VARCHAR(200) NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT facet_values_key UNIQUE (facet, value)
);
INSERT INTO "facet_values" VALUES(1,'action','1');
INSERT INTO "facet_values" VALUES(2,'action','3');
INSERT INTO "facet_values" VALUES(3,'action','4');
INSERT INTO "facet_values" VALUES(4,'action','5');
INSERT INTO "facet_values" VALUES(5,'reason','audit sample');
INSERT INTO "facet_values" VALUES(6,'reason','close actions');
INSERT INTO "facet_values" VALUES(7,'reason','coded 4 (General), the model says 5 (Specific) at 97 %');
INSERT INTO "facet_values" VALUES(8,'reason','model and rules disagree');
INSERT INTO "facet_values" VALUES(9,'reason','weak action');
INSERT INTO "facet_values" VALUES(10,'session','40');
INSERT INTO "facet_values" VALUES(11,'session','41');
INSERT INTO "facet_values" VALUES(12,'session','42');
INSERT INTO "facet_values" VALUES(13,'session','43');
INSERT INTO "facet_values" VALUES(14,'session','44');
INSERT INTO "facet_values" VALUES(15,'state','Chile');
INSERT INTO "facet_values" VALUES(16,'state','Fiji');
INSERT INTO "facet_values" VALUES(17,'state','Kenya');
INSERT INTO "facet_values" VALUES(18,'tag','Corruption');
INSERT INTO "facet_values" VALUES(19,'tag','Death penalty');
INSERT INTO "facet_values" VALUES(20,'tag','Human rights defenders');
INSERT INTO "facet_values" VALUES(21,'tag','Human rights education and training');
INSERT INTO "facet_values" VALUES(22,'tag','International instruments');
INSERT INTO "facet_values" VALUES(23,'tag','Justice');
INSERT INTO "facet_values" VALUES(24,'tag','Torture and other CID treatment');
INSERT INTO "facet_values" VALUES(25,'tag','Trafficking');
INSERT INTO "facet_values" VALUES(26,'tag','Women''s rights');
CREATE TABLE facets (
	item_id INTEGER NOT NULL, 
	value_id INTEGER NOT NULL, 
	status VARCHAR(12) NOT NULL, 
	priority DOUBLE NOT NULL, 
	PRIMARY KEY (item_id, value_id), 
	FOREIGN KEY(item_id) REFERENCES items (id), 
	FOREIGN KEY(value_id) REFERENCES facet_values (id)
)
 WITHOUT ROWID

;
INSERT INTO "facets" VALUES(8,1,'open',1.0669);
INSERT INTO "facets" VALUES(6,1,'open',1.0674);
INSERT INTO "facets" VALUES(1,2,'done',1.217404);
INSERT INTO "facets" VALUES(2,3,'done',1.041404);
INSERT INTO "facets" VALUES(5,3,'open',0.521209);
INSERT INTO "facets" VALUES(7,3,'open',0.570425);
INSERT INTO "facets" VALUES(3,4,'done',0.741297);
INSERT INTO "facets" VALUES(4,4,'open',0.942);
INSERT INTO "facets" VALUES(3,5,'done',0.741297);
INSERT INTO "facets" VALUES(5,5,'open',0.521209);
INSERT INTO "facets" VALUES(7,5,'open',0.570425);
INSERT INTO "facets" VALUES(8,6,'open',1.0669);
INSERT INTO "facets" VALUES(2,7,'done',1.041404);
INSERT INTO "facets" VALUES(2,8,'done',1.041404);
INSERT INTO "facets" VALUES(2,9,'done',1.041404);
INSERT INTO "facets" VALUES(1,9,'done',1.217404);
INSERT INTO "facets" VALUES(4,9,'open',0.942);
INSERT INTO "facets" VALUES(8,9,'open',1.0669);
INSERT INTO "facets" VALUES(6,9,'open',1.0674);
INSERT INTO "facets" VALUES(1,10,'done',1.217404);
INSERT INTO "facets" VALUES(2,11,'done',1.041404);
INSERT INTO "facets" VALUES(5,11,'open',0.521209);
INSERT INTO "facets" VALUES(7,12,'open',0.570425);
INSERT INTO "facets" VALUES(8,12,'open',1.0669);
INSERT INTO "facets" VALUES(3,13,'done',0.741297);
INSERT INTO "facets" VALUES(4,13,'open',0.942);
INSERT INTO "facets" VALUES(6,14,'open',1.0674);
INSERT INTO "facets" VALUES(7,15,'open',0.570425);
INSERT INTO "facets" VALUES(8,15,'open',1.0669);
INSERT INTO "facets" VALUES(3,16,'done',0.741297);
INSERT INTO "facets" VALUES(1,16,'done',1.217404);
INSERT INTO "facets" VALUES(5,16,'open',0.521209);
INSERT INTO "facets" VALUES(2,17,'done',1.041404);
INSERT INTO "facets" VALUES(4,17,'open',0.942);
INSERT INTO "facets" VALUES(6,17,'open',1.0674);
INSERT INTO "facets" VALUES(2,18,'done',1.041404);
INSERT INTO "facets" VALUES(1,18,'done',1.217404);
INSERT INTO "facets" VALUES(5,18,'open',0.521209);
INSERT INTO "facets" VALUES(6,19,'open',1.0674);
INSERT INTO "facets" VALUES(3,20,'done',0.741297);
INSERT INTO "facets" VALUES(4,21,'open',0.942);
INSERT INTO "facets" VALUES(8,22,'open',1.0669);
INSERT INTO "facets" VALUES(2,23,'done',1.041404);
INSERT INTO "facets" VALUES(1,23,'done',1.217404);
INSERT INTO "facets" VALUES(5,23,'open',0.521209);
INSERT INTO "facets" VALUES(8,24,'open',1.0669);
INSERT INTO "facets" VALUES(7,25,'open',0.570425);
INSERT INTO "facets" VALUES(7,26,'open',0.570425);
CREATE TABLE items (
	id INTEGER NOT NULL, 
	text_key VARCHAR(40) NOT NULL, 
	text TEXT NOT NULL, 
	copies INTEGER NOT NULL, 
	status VARCHAR(12) NOT NULL, 
	version INTEGER NOT NULL, 
	standing JSON NOT NULL, 
	first_reader INTEGER, 
	second_due BOOLEAN NOT NULL, 
	prediction_id INTEGER, 
	priority DOUBLE NOT NULL, 
	reasons JSON NOT NULL, 
	assignee_id INTEGER, 
	similar JSON NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (text_key)
);
INSERT INTO "items" VALUES(1,'6e6edd7ab29f723b635c6a6983433528','Maintain measures to fight corruption in the courts in all regions, and report on measure 19.',1,'done',1,'{"status": "done", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": null, "second": null}',1,0,1,1.217404,'["weak action"]',NULL,'[]');
INSERT INTO "items" VALUES(2,'33b3b866e202851e15ea8f286dd1dd6e','Strengthen measures to fight corruption in the courts before the next review, and report on measure 20.',1,'done',1,'{"status": "done", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": null, "second": null}',1,0,2,1.041404,'["weak action", "model and rules disagree", "coded 4 (General), the model says 5 (Specific) at 97 %"]',NULL,'[]');
INSERT INTO "items" VALUES(3,'df7b9aaba00d0710bf5501d408f7fd9f','Establish a commission to protect human rights defenders as recommended by civil society, and report on measure 8.',1,'done',1,'{"status": "done", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": null, "second": null}',1,0,3,0.741297,'["audit sample"]',NULL,'[]');
INSERT INTO "items" VALUES(4,'d3211a2525277904d0769616d82b85d2','Adopt a law to train police officers in all regions, and report on measure 3.',1,'open',0,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,0,4,0.942,'["weak action"]',NULL,'[]');
INSERT INTO "items" VALUES(5,'004742c62f9bdf0d3e71b897f063a35b','Take action to fight corruption in the courts without delay, and report on measure 17.',1,'open',0,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,0,5,0.521209,'["audit sample"]',NULL,'[]');
INSERT INTO "items" VALUES(6,'6332649452326ab431df398e886f1446','Continue its efforts to abolish the death penalty before the next review, and report on measure 18.',1,'open',0,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,0,6,1.0674,'["weak action"]',NULL,'[]');
INSERT INTO "items" VALUES(7,'21d575779fdb7048249a7ebb4d9f05aa','Strengthen measures to combat trafficking in women as recommended by civil society, and report on measure 13.',1,'open',0,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,0,7,0.570425,'["audit sample"]',NULL,'[]');
INSERT INTO "items" VALUES(8,'e793b24b2a026fa347ebffa6f2f95ad3','Seek technical assistance to ratify the Convention against Torture before the next review, and report on measure 8.',1,'open',0,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,0,8,1.0669,'["weak action", "close actions"]',NULL,'[]');
CREATE TABLE leases (
	item_id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	taken_at DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	PRIMARY KEY (item_id), 
	FOREIGN KEY(item_id) REFERENCES items (id), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE TABLE login_failures (
	id INTEGER NOT NULL, 
	name_key VARCHAR(80) NOT NULL, 
	address VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE occurrences (
	row_id VARCHAR(40) NOT NULL, 
	item_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	source JSON NOT NULL, 
	gold_action INTEGER, 
	gold_issues JSON, 
	PRIMARY KEY (row_id), 
	FOREIGN KEY(item_id) REFERENCES items (id)
);
INSERT INTO "occurrences" VALUES('a0cd63c67134e9acf096',1,0,'{"rec_id": "6b38d12c8538ef368d7d", "source_file": "invented.pdf", "source_row": 1, "text": "Maintain measures to fight corruption in the courts in all regions, and report on measure 19.", "state_under_review": "Fiji", "recommending_states": ["Peru"], "session": 40, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.1", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('a406ffb380924e8570c2',2,0,'{"rec_id": "b6a0358a4dd440a4eb8d", "source_file": "invented.pdf", "source_row": 2, "text": "Strengthen measures to fight corruption in the courts before the next review, and report on measure 20.", "state_under_review": "Kenya", "recommending_states": ["Peru"], "session": 41, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.2", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('e5ea1655ada7b26732ab',3,0,'{"rec_id": "f1ebd14973ae7f466409", "source_file": "invented.pdf", "source_row": 3, "text": "Establish a commission to protect human rights defenders as recommended by civil society, and report on measure 8.", "state_under_review": "Fiji", "recommending_states": ["Peru"], "session": 43, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.3", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('842255be95e012b69d21',4,0,'{"rec_id": "3883e210a4e888d64f0e", "source_file": "invented.pdf", "source_row": 4, "text": "Adopt a law to train police officers in all regions, and report on measure 3.", "state_under_review": "Kenya", "recommending_states": ["France"], "session": 43, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.4", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('1719278b12c088304a6f',5,0,'{"rec_id": "c9bb11e2cdf59b00fba1", "source_file": "invented.pdf", "source_row": 5, "text": "Take action to fight corruption in the courts without delay, and report on measure 17.", "state_under_review": "Fiji", "recommending_states": ["Ghana"], "session": 41, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.5", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('2d20fb738f3c6ae82bb8',6,0,'{"rec_id": "92d05199f94299924c48", "source_file": "invented.pdf", "source_row": 6, "text": "Continue its efforts to abolish the death penalty before the next review, and report on measure 18.", "state_under_review": "Kenya", "recommending_states": ["Ghana"], "session": 44, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.6", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('ce7ef024359bae68a117',7,0,'{"rec_id": "c9f4bebdeda27da51387", "source_file": "invented.pdf", "source_row": 7, "text": "Strengthen measures to combat trafficking in women as recommended by civil society, and report on measure 13.", "state_under_review": "Chile", "recommending_states": ["Ghana"], "session": 42, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.7", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('d9aecb477b6b51b6aad7',8,0,'{"rec_id": "e9c834b87aa9e571211a", "source_file": "invented.pdf", "source_row": 8, "text": "Seek technical assistance to ratify the Convention against Torture before the next review, and report on measure 8.", "state_under_review": "Chile", "recommending_states": ["France"], "session": 42, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.8", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
CREATE TABLE precedents (
	id INTEGER NOT NULL, 
	text_key VARCHAR(40) NOT NULL, 
	text TEXT NOT NULL, 
	action INTEGER NOT NULL, 
	issues JSON NOT NULL, 
	session INTEGER, 
	label_source VARCHAR(20) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (text_key)
);
CREATE TABLE predictions (
	id INTEGER NOT NULL, 
	item_id INTEGER NOT NULL, 
	model_version VARCHAR(120) NOT NULL, 
	taxonomy_version VARCHAR(40) NOT NULL, 
	label_source VARCHAR(20) NOT NULL, 
	text TEXT NOT NULL, 
	action INTEGER, 
	action_confidence DOUBLE, 
	action_set JSON NOT NULL, 
	issues JSON NOT NULL, 
	issue_scores JSON NOT NULL, 
	needs_review BOOLEAN NOT NULL, 
	review_reasons JSON NOT NULL, 
	evidence JSON NOT NULL, 
	labelled_at DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT predictions_key UNIQUE (item_id, model_version), 
	FOREIGN KEY(item_id) REFERENCES items (id)
);
INSERT INTO "predictions" VALUES(1,1,'linear-1','2014-10','model','Maintain measures to fight corruption in the courts in all regions, and report on measure 19.',3,0.3091,'[2, 3]','["Corruption", "Justice"]','{"Corruption": 0.627, "Justice": 0.615, "General": 0.12}',1,'["weak action"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(2,2,'linear-1','2014-10','model','Strengthen measures to fight corruption in the courts before the next review, and report on measure 20.',4,0.5691,'[3, 4]','["Corruption", "Justice"]','{"Corruption": 0.829, "Justice": 0.531, "General": 0.12}',1,'["weak action", "model and rules disagree", "coded 4 (General), the model says 5 (Specific) at 97 %"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(3,3,'linear-1','2014-10','model','Establish a commission to protect human rights defenders as recommended by civil society, and report on measure 8.',5,0.8438,'[5]','["Human rights defenders"]','{"Human rights defenders": 0.694, "General": 0.12}',0,'[]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(4,4,'linear-1','2014-10','model','Adopt a law to train police officers in all regions, and report on measure 3.',5,0.478,'[5]','["Human rights education and training"]','{"Human rights education and training": 0.882, "General": 0.12}',1,'["weak action"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(5,5,'linear-1','2014-10','model','Take action to fight corruption in the courts without delay, and report on measure 17.',4,0.7706,'[4]','["Corruption", "Justice"]','{"Corruption": 0.92, "Justice": 0.986, "General": 0.12}',0,'[]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(6,6,'linear-1','2014-10','model','Continue its efforts to abolish the death penalty before the next review, and report on measure 18.',1,0.4966,'[1, 2]','["Death penalty"]','{"Death penalty": 0.736, "General": 0.12}',1,'["weak action"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(7,7,'linear-1','2014-10','model','Strengthen measures to combat trafficking in women as recommended by civil society, and report on measure 13.',4,0.8305,'[4]','["Trafficking", "Women''s rights"]','{"Trafficking": 0.522, "Women''s rights": 0.801, "General": 0.12}',0,'[]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(8,8,'linear-1','2014-10','model','Seek technical assistance to ratify the Convention against Torture before the next review, and report on measure 8.',1,0.3531,'[1]','["International instruments", "Torture and other CID treatment"]','{"International instruments": 0.965, "Torture and other CID treatment": 0.976, "General": 0.12}',1,'["weak action", "close actions"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
CREATE TABLE previews (
	id VARCHAR(40) NOT NULL, 
	user_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	change JSON NOT NULL, 
	members JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE TABLE saved_filters (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	filter JSON NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT saved_filters_key UNIQUE (user_id, name), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "saved_filters" VALUES(1,2,'mine','{"reason": "weak action", "mine": "1"}');
INSERT INTO "saved_filters" VALUES(2,2,'other','{"session": "40"}');
CREATE TABLE seen (
	user_id INTEGER NOT NULL, 
	item_id INTEGER NOT NULL, 
	PRIMARY KEY (user_id, item_id), 
	FOREIGN KEY(user_id) REFERENCES users (id), 
	FOREIGN KEY(item_id) REFERENCES items (id)
);
CREATE TABLE sessions (
	token_hash VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	csrf VARCHAR(64) NOT NULL, 
	flash JSON, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (token_hash), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE TABLE skips (
	user_id INTEGER NOT NULL, 
	item_id INTEGER NOT NULL, 
	PRIMARY KEY (user_id, item_id), 
	FOREIGN KEY(user_id) REFERENCES users (id), 
	FOREIGN KEY(item_id) REFERENCES items (id)
);
CREATE TABLE users (
	id INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	name_key VARCHAR(80) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	password_hash TEXT, 
	created_at DATETIME NOT NULL, 
	disabled_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (name_key)
);
INSERT INTO "users" VALUES(1,'Anna','anna','reviewer',NULL,'2026-01-01 00:00:00.000000',NULL);
INSERT INTO "users" VALUES(2,'Ben','ben','reviewer',NULL,'2026-01-01 00:00:01.000000',NULL);
INSERT INTO "users" VALUES(3,'Cleo','cleo','reviewer',NULL,'2026-01-01 00:00:02.000000',NULL);
INSERT INTO "users" VALUES(4,'Dora','dora','adjudicator',NULL,'2026-01-01 00:00:03.000000',NULL);
CREATE INDEX login_failures_at ON login_failures (address, at);
CREATE INDEX items_second ON items (status, first_reader, priority);
CREATE INDEX items_queue ON items (status, priority, id);
CREATE INDEX items_assigned ON items (assignee_id, status, priority);
CREATE INDEX ix_occurrences_item_id ON occurrences (item_id);
CREATE TRIGGER predictions_no_update BEFORE UPDATE ON predictions BEGIN SELECT RAISE(ABORT, 'predictions are append-only'); END;
CREATE TRIGGER predictions_no_delete BEFORE DELETE ON predictions BEGIN SELECT RAISE(ABORT, 'predictions are append-only'); END;
CREATE INDEX ix_decisions_batch ON decisions (batch);
CREATE INDEX decisions_user ON decisions (user_id, id);
CREATE INDEX ix_decisions_item_id ON decisions (item_id);
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE INDEX facets_queue ON facets (value_id, status, priority, item_id);
COMMIT;
