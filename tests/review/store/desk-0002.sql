-- A desk's database as revision 0002 wrote it: twelve invented recommendations and thirteen entries of the history.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO "alembic_version" VALUES('0002');
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
INSERT INTO "decisions" VALUES(1,1,1,1,'2026-01-01 00:00:05.000000','decide',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "done", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": null, "second": null}',4,'["Justice"]',NULL,1,'{"blind": false, "reasons": ["weak-action", "close-actions"], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 4, "action_confidence": 0.7236, "action_set": [3, 4], "issues": ["Corruption", "Justice"], "issue_scores": {"Corruption": 0.546, "Justice": 0.649, "General": 0.12}}','linear-1','2014-10',NULL,NULL,NULL,'Anna13');
INSERT INTO "decisions" VALUES(2,2,1,1,'2026-01-01 00:00:08.000000','decide',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "second", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": null, "second": null}',4,'["Justice"]',NULL,2,'{"blind": false, "reasons": ["weak-action"], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 1, "action_confidence": 0.3246, "action_set": [1], "issues": ["International instruments", "Torture and other CID treatment"], "issue_scores": {"International instruments": 0.794, "Torture and other CID treatment": 0.881, "General": 0.12}}','linear-1','2014-10',NULL,NULL,NULL,'Anna26');
INSERT INTO "decisions" VALUES(3,2,2,2,'2026-01-01 00:00:11.000000','decide',2,'{"status": "second", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": null, "second": null}','{"status": "done", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": 2, "second": {"action": 4, "issues": ["Justice"]}}',4,'["Justice"]',NULL,NULL,'{"blind": true}',NULL,'2014-10',NULL,NULL,NULL,'Ben29');
INSERT INTO "decisions" VALUES(4,3,1,1,'2026-01-01 00:00:14.000000','decide',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "second", "codes": {"action": 2, "issues": ["Labour"]}, "first_reader": 1, "first": {"action": 2, "issues": ["Labour"]}, "second_reader": null, "second": null}',2,'["Labour"]',NULL,3,'{"blind": false, "reasons": [], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 5, "action_confidence": 0.7518, "action_set": [5], "issues": ["Rights of the Child", "Labour"], "issue_scores": {"Rights of the Child": 0.989, "Labour": 0.988, "General": 0.12}}','linear-1','2014-10',NULL,NULL,NULL,'Anna312');
INSERT INTO "decisions" VALUES(5,3,2,2,'2026-01-01 00:00:17.000000','decide',2,'{"status": "second", "codes": {"action": 2, "issues": ["Labour"]}, "first_reader": 1, "first": {"action": 2, "issues": ["Labour"]}, "second_reader": null, "second": null}','{"status": "disputed", "codes": null, "first_reader": 1, "first": {"action": 2, "issues": ["Labour"]}, "second_reader": 2, "second": {"action": 5, "issues": ["Labour"]}}',5,'["Labour"]',NULL,NULL,'{"blind": true}',NULL,'2014-10',NULL,NULL,NULL,'Ben315');
INSERT INTO "decisions" VALUES(6,3,3,3,'2026-01-01 00:00:20.000000','decide',3,'{"status": "disputed", "codes": null, "first_reader": 1, "first": {"action": 2, "issues": ["Labour"]}, "second_reader": 2, "second": {"action": 5, "issues": ["Labour"]}}','{"status": "done", "codes": {"action": 5, "issues": ["Labour"]}, "first_reader": 1, "first": {"action": 2, "issues": ["Labour"]}, "second_reader": 2, "second": {"action": 5, "issues": ["Labour"]}}',5,'["Labour"]','A law is asked for.',3,'{"blind": false, "reasons": [], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 5, "action_confidence": 0.7518, "action_set": [5], "issues": ["Rights of the Child", "Labour"], "issue_scores": {"Rights of the Child": 0.989, "Labour": 0.988, "General": 0.12}}','linear-1','2014-10',NULL,NULL,NULL,'Dora318');
INSERT INTO "decisions" VALUES(7,4,1,1,'2026-01-01 00:00:23.000000','decide',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "done", "codes": {"action": 5, "issues": []}, "first_reader": 1, "first": {"action": 5, "issues": []}, "second_reader": null, "second": null}',5,'[]',NULL,4,'{"blind": false, "reasons": ["audit-sample"], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 1, "action_confidence": 0.8287, "action_set": [1], "issues": ["Right to water"], "issue_scores": {"Right to water": 0.553, "General": 0.12}}','linear-1','2014-10',NULL,NULL,NULL,'Anna421');
INSERT INTO "decisions" VALUES(8,5,1,2,'2026-01-01 00:00:26.000000','decide',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "done", "codes": {"action": 1, "issues": []}, "first_reader": 2, "first": {"action": 1, "issues": []}, "second_reader": null, "second": null}',1,'[]',NULL,5,'{"blind": false, "reasons": ["weak-action", "close-actions"], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 3, "action_confidence": 0.5591, "action_set": [3, 4], "issues": ["International instruments", "Torture and other CID treatment"], "issue_scores": {"International instruments": 0.706, "Torture and other CID treatment": 0.777, "General": 0.12}}','linear-1','2014-10',NULL,NULL,NULL,'Ben524');
INSERT INTO "decisions" VALUES(9,5,2,2,'2026-01-01 00:00:27.000000','undo',1,'{"status": "done", "codes": {"action": 1, "issues": []}, "first_reader": 2, "first": {"action": 1, "issues": []}, "second_reader": null, "second": null}','{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,NULL,NULL,NULL,NULL,NULL,'2014-10',NULL,NULL,8,'undo-1');
INSERT INTO "decisions" VALUES(10,6,1,2,'2026-01-01 00:00:31.000000','bulk',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "done", "codes": {"action": 3, "issues": ["Justice"]}, "first_reader": 2, "first": {"action": 3, "issues": ["Justice"]}, "second_reader": null, "second": null}',3,'["Justice"]',NULL,6,'{"blind": false, "reasons": [], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 3, "action_confidence": 0.7878, "action_set": [3], "issues": ["Death penalty"], "issue_scores": {"Death penalty": 0.529, "General": 0.12}}','linear-1','2014-10',NULL,'b1',NULL,'Ben629');
INSERT INTO "decisions" VALUES(11,7,1,2,'2026-01-01 00:00:34.000000','bulk',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "done", "codes": {"action": 3, "issues": ["Justice"]}, "first_reader": 2, "first": {"action": 3, "issues": ["Justice"]}, "second_reader": null, "second": null}',3,'["Justice"]',NULL,7,'{"blind": false, "reasons": ["weak-action", "close-actions"], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 4, "action_confidence": 0.5648, "action_set": [4, 5], "issues": ["Detention"], "issue_scores": {"Detention": 0.706, "General": 0.12}}','linear-1','2014-10',NULL,'b1',NULL,'Ben732');
INSERT INTO "decisions" VALUES(12,8,1,3,'2026-01-01 00:00:37.000000','sheet',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "done", "codes": {"action": 3, "issues": []}, "first_reader": 3, "first": {"action": 3, "issues": []}, "second_reader": null, "second": null}',3,'[]',NULL,8,'{"blind": false, "reasons": ["weak-action"], "model_version": "linear-1", "taxonomy_version": "2014-10", "action": 3, "action_confidence": 0.6047, "action_set": [2, 3], "issues": ["Right to water"], "issue_scores": {"Right to water": 0.879, "General": 0.12}}','linear-1','2014-10',NULL,NULL,NULL,'Dora835');
INSERT INTO "decisions" VALUES(13,9,NULL,2,'2026-01-01 00:00:39.000000','skip',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,'null',NULL,NULL,'{"blind": false}',NULL,'2014-10',NULL,NULL,NULL,NULL);
INSERT INTO "decisions" VALUES(14,9,1,2,'2026-01-01 00:00:41.000000','escalate',1,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}','{"status": "escalated", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,'null','Unclear.',NULL,'{"blind": false}',NULL,'2014-10',NULL,NULL,NULL,NULL);
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
INSERT INTO "facet_values" VALUES(5,'reason','close-actions');
INSERT INTO "facet_values" VALUES(6,'reason','weak-action');
INSERT INTO "facet_values" VALUES(7,'session','40');
INSERT INTO "facet_values" VALUES(8,'session','41');
INSERT INTO "facet_values" VALUES(9,'session','43');
INSERT INTO "facet_values" VALUES(10,'session','44');
INSERT INTO "facet_values" VALUES(11,'state','Chile');
INSERT INTO "facet_values" VALUES(12,'state','Fiji');
INSERT INTO "facet_values" VALUES(13,'state','Kenya');
INSERT INTO "facet_values" VALUES(14,'tag','Corruption');
INSERT INTO "facet_values" VALUES(15,'tag','Death penalty');
INSERT INTO "facet_values" VALUES(16,'tag','Detention');
INSERT INTO "facet_values" VALUES(17,'tag','Human rights education and training');
INSERT INTO "facet_values" VALUES(18,'tag','International instruments');
INSERT INTO "facet_values" VALUES(19,'tag','Justice');
INSERT INTO "facet_values" VALUES(20,'tag','Labour');
INSERT INTO "facet_values" VALUES(21,'tag','Right to water');
INSERT INTO "facet_values" VALUES(22,'tag','Rights of the Child');
INSERT INTO "facet_values" VALUES(23,'tag','Torture and other CID treatment');
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
INSERT INTO "facets" VALUES(4,1,'done',0.834617);
INSERT INTO "facets" VALUES(2,1,'done',1.048766);
INSERT INTO "facets" VALUES(8,2,'done',0.732617);
INSERT INTO "facets" VALUES(6,2,'done',0.9832);
INSERT INTO "facets" VALUES(9,2,'escalated',0.890466);
INSERT INTO "facets" VALUES(5,2,'open',0.902266);
INSERT INTO "facets" VALUES(7,3,'done',0.945517);
INSERT INTO "facets" VALUES(1,3,'done',1.0304);
INSERT INTO "facets" VALUES(3,4,'done',0.584517);
INSERT INTO "facets" VALUES(10,4,'open',0.553817);
INSERT INTO "facets" VALUES(12,4,'open',0.9121);
INSERT INTO "facets" VALUES(11,4,'open',1.272617);
INSERT INTO "facets" VALUES(7,5,'done',0.945517);
INSERT INTO "facets" VALUES(1,5,'done',1.0304);
INSERT INTO "facets" VALUES(5,5,'open',0.902266);
INSERT INTO "facets" VALUES(11,5,'open',1.272617);
INSERT INTO "facets" VALUES(8,6,'done',0.732617);
INSERT INTO "facets" VALUES(7,6,'done',0.945517);
INSERT INTO "facets" VALUES(1,6,'done',1.0304);
INSERT INTO "facets" VALUES(2,6,'done',1.048766);
INSERT INTO "facets" VALUES(9,6,'escalated',0.890466);
INSERT INTO "facets" VALUES(5,6,'open',0.902266);
INSERT INTO "facets" VALUES(11,6,'open',1.272617);
INSERT INTO "facets" VALUES(3,7,'done',0.584517);
INSERT INTO "facets" VALUES(4,7,'done',0.834617);
INSERT INTO "facets" VALUES(2,7,'done',1.048766);
INSERT INTO "facets" VALUES(5,7,'open',0.902266);
INSERT INTO "facets" VALUES(11,7,'open',1.272617);
INSERT INTO "facets" VALUES(8,8,'done',0.732617);
INSERT INTO "facets" VALUES(6,8,'done',0.9832);
INSERT INTO "facets" VALUES(9,8,'escalated',0.890466);
INSERT INTO "facets" VALUES(7,9,'done',0.945517);
INSERT INTO "facets" VALUES(1,9,'done',1.0304);
INSERT INTO "facets" VALUES(12,9,'open',0.9121);
INSERT INTO "facets" VALUES(10,10,'open',0.553817);
INSERT INTO "facets" VALUES(3,11,'done',0.584517);
INSERT INTO "facets" VALUES(8,11,'done',0.732617);
INSERT INTO "facets" VALUES(4,11,'done',0.834617);
INSERT INTO "facets" VALUES(6,11,'done',0.9832);
INSERT INTO "facets" VALUES(11,11,'open',1.272617);
INSERT INTO "facets" VALUES(1,12,'done',1.0304);
INSERT INTO "facets" VALUES(2,12,'done',1.048766);
INSERT INTO "facets" VALUES(9,12,'escalated',0.890466);
INSERT INTO "facets" VALUES(7,13,'done',0.945517);
INSERT INTO "facets" VALUES(10,13,'open',0.553817);
INSERT INTO "facets" VALUES(5,13,'open',0.902266);
INSERT INTO "facets" VALUES(12,13,'open',0.9121);
INSERT INTO "facets" VALUES(1,14,'done',1.0304);
INSERT INTO "facets" VALUES(6,15,'done',0.9832);
INSERT INTO "facets" VALUES(7,16,'done',0.945517);
INSERT INTO "facets" VALUES(10,16,'open',0.553817);
INSERT INTO "facets" VALUES(12,17,'open',0.9121);
INSERT INTO "facets" VALUES(2,18,'done',1.048766);
INSERT INTO "facets" VALUES(9,18,'escalated',0.890466);
INSERT INTO "facets" VALUES(5,18,'open',0.902266);
INSERT INTO "facets" VALUES(1,19,'done',1.0304);
INSERT INTO "facets" VALUES(3,20,'done',0.584517);
INSERT INTO "facets" VALUES(11,20,'open',1.272617);
INSERT INTO "facets" VALUES(8,21,'done',0.732617);
INSERT INTO "facets" VALUES(4,21,'done',0.834617);
INSERT INTO "facets" VALUES(3,22,'done',0.584517);
INSERT INTO "facets" VALUES(11,22,'open',1.272617);
INSERT INTO "facets" VALUES(2,23,'done',1.048766);
INSERT INTO "facets" VALUES(9,23,'escalated',0.890466);
INSERT INTO "facets" VALUES(5,23,'open',0.902266);
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
INSERT INTO "items" VALUES(1,'9e5436046682b16308b528982652ccf2','Strengthen measures to fight corruption in the courts without delay, and report on measure 12.',1,'done',1,'{"status": "done", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": null, "second": null}',1,0,1,1.0304,'["weak-action", "close-actions"]',NULL,'[]');
INSERT INTO "items" VALUES(2,'e3a2b09427e6020a222611063be22f89','Seek technical assistance to ratify the Convention against Torture without delay, and report on measure 10.',1,'done',2,'{"status": "done", "codes": {"action": 4, "issues": ["Justice"]}, "first_reader": 1, "first": {"action": 4, "issues": ["Justice"]}, "second_reader": 2, "second": {"action": 4, "issues": ["Justice"]}}',1,1,2,1.048766,'["weak-action"]',NULL,'[]');
INSERT INTO "items" VALUES(3,'85723953741419b32e1b36b1225a3f59','Establish a commission to end child labour before the next review, and report on measure 18.',1,'done',3,'{"status": "done", "codes": {"action": 5, "issues": ["Labour"]}, "first_reader": 1, "first": {"action": 2, "issues": ["Labour"]}, "second_reader": 2, "second": {"action": 5, "issues": ["Labour"]}}',1,1,3,0.584517,'[]',NULL,'[]');
INSERT INTO "items" VALUES(4,'1896ab7bcdd66bbc170e37b33060b5ca','Share its experience in order to guarantee access to clean water as recommended by civil society, and report on measure 32.',1,'done',1,'{"status": "done", "codes": {"action": 5, "issues": []}, "first_reader": 1, "first": {"action": 5, "issues": []}, "second_reader": null, "second": null}',1,0,4,0.834617,'["audit-sample"]',NULL,'[]');
INSERT INTO "items" VALUES(5,'d502b6a3632415c6c40facd4e31b4b26','Consider steps to ratify the Convention against Torture in rural areas, and report on measure 0.',1,'open',2,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,0,5,0.902266,'["weak-action", "close-actions"]',NULL,'[]');
INSERT INTO "items" VALUES(6,'874d5069d2fdb0e79d5303a2d07590f6','Examine ways to abolish the death penalty in rural areas, and report on measure 0.',1,'done',1,'{"status": "done", "codes": {"action": 3, "issues": ["Justice"]}, "first_reader": 2, "first": {"action": 3, "issues": ["Justice"]}, "second_reader": null, "second": null}',2,0,6,0.9832,'[]',NULL,'[]');
INSERT INTO "items" VALUES(7,'d4cf8459412dc060ae5656ff04818949','Strengthen measures to improve prison conditions before the next review, and report on measure 32.',1,'done',1,'{"status": "done", "codes": {"action": 3, "issues": ["Justice"]}, "first_reader": 2, "first": {"action": 3, "issues": ["Justice"]}, "second_reader": null, "second": null}',2,0,7,0.945517,'["weak-action", "close-actions"]',NULL,'[]');
INSERT INTO "items" VALUES(8,'df5e521f417ae9221f8a2d446c7936e7','Consider steps to guarantee access to clean water in rural areas, and report on measure 25.',1,'done',1,'{"status": "done", "codes": {"action": 3, "issues": []}, "first_reader": 3, "first": {"action": 3, "issues": []}, "second_reader": null, "second": null}',3,0,8,0.732617,'["weak-action"]',NULL,'[]');
INSERT INTO "items" VALUES(9,'3d07741e1d21ad9478fca61dcfeea7b8','Consider steps to ratify the Convention against Torture in rural areas.',1,'escalated',1,'{"status": "escalated", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,0,9,0.890466,'["weak-action"]',NULL,'[]');
INSERT INTO "items" VALUES(10,'636e318902f9bd8a5f17026348db6522','Establish a commission to improve prison conditions without delay, and report on measure 9.',1,'open',0,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,0,10,0.553817,'[]',NULL,'[]');
INSERT INTO "items" VALUES(11,'347a36e2a43485d908b807c45da4f56b','Establish a commission to end child labour without delay, and report on measure 5.',1,'open',0,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,0,11,1.272617,'["weak-action", "close-actions"]',NULL,'[]');
INSERT INTO "items" VALUES(12,'e1fd5300dcf44ef9ce7b30423ae6ac24','Adopt a law to train police officers as recommended by civil society, and report on measure 4.',1,'open',0,'{"status": "open", "codes": null, "first_reader": null, "first": null, "second_reader": null, "second": null}',NULL,0,12,0.9121,'[]',NULL,'[]');
CREATE TABLE leases (
	item_id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	taken_at DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	PRIMARY KEY (item_id), 
	FOREIGN KEY(item_id) REFERENCES items (id), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "leases" VALUES(5,2,'2026-01-01 00:00:28.000000','2026-01-01 00:10:28.000000');
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
INSERT INTO "occurrences" VALUES('d714de319fcfdee28a3f',1,0,'{"rec_id": "93d32badeb09827ca935", "source_file": "invented.pdf", "source_row": 1, "text": "Strengthen measures to fight corruption in the courts without delay, and report on measure 12.", "state_under_review": "Fiji", "recommending_states": ["Peru"], "session": 43, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.1", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('9747059c0261bd8820bc',2,0,'{"rec_id": "58db9eeb7720c40726d6", "source_file": "invented.pdf", "source_row": 2, "text": "Seek technical assistance to ratify the Convention against Torture without delay, and report on measure 10.", "state_under_review": "Fiji", "recommending_states": ["France"], "session": 40, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.2", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('83ec83689a2d68f09481',3,0,'{"rec_id": "9735e8d069ab7ce9562c", "source_file": "invented.pdf", "source_row": 3, "text": "Establish a commission to end child labour before the next review, and report on measure 18.", "state_under_review": "Chile", "recommending_states": ["Ghana"], "session": 40, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.3", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('653b545750d867df9731',4,0,'{"rec_id": "f5f4b98d031e7543d2fe", "source_file": "invented.pdf", "source_row": 4, "text": "Share its experience in order to guarantee access to clean water as recommended by civil society, and report on measure 32.", "state_under_review": "Chile", "recommending_states": ["Peru"], "session": 40, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.4", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('8e2552c2a50fdc4a9d46',5,0,'{"rec_id": "861e7c7c32e9bf1bf775", "source_file": "invented.pdf", "source_row": 5, "text": "Consider steps to ratify the Convention against Torture in rural areas, and report on measure 0.", "state_under_review": "Kenya", "recommending_states": ["Ghana"], "session": 40, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.5", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('8bc5f256eb3287ec8c39',6,0,'{"rec_id": "146d9257711eb83defd4", "source_file": "invented.pdf", "source_row": 6, "text": "Examine ways to abolish the death penalty in rural areas, and report on measure 0.", "state_under_review": "Chile", "recommending_states": ["France"], "session": 41, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.6", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('41092ecfc8250408fce5',7,0,'{"rec_id": "f4bd2a096115f2a2181e", "source_file": "invented.pdf", "source_row": 7, "text": "Strengthen measures to improve prison conditions before the next review, and report on measure 32.", "state_under_review": "Kenya", "recommending_states": ["Peru"], "session": 43, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.7", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('31423bf76c35523dae53',8,0,'{"rec_id": "048287fb78a69f45fc4f", "source_file": "invented.pdf", "source_row": 8, "text": "Consider steps to guarantee access to clean water in rural areas, and report on measure 25.", "state_under_review": "Chile", "recommending_states": ["France"], "session": 41, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.8", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('31d6105404b2d3bb8d3d',9,0,'{"rec_id": "8769136010f279c87b29", "source_file": "invented.pdf", "source_row": 9, "text": "Consider steps to ratify the Convention against Torture in rural areas.", "state_under_review": "Fiji", "recommending_states": ["France"], "session": 41, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.9", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('c64fc1391b8ec4ef1f9a',10,0,'{"rec_id": "ce9c87dd5896cfd17db7", "source_file": "invented.pdf", "source_row": 10, "text": "Establish a commission to improve prison conditions without delay, and report on measure 9.", "state_under_review": "Kenya", "recommending_states": ["France"], "session": 44, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.10", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('48e8c6dc6cd917245193',11,0,'{"rec_id": "87ad16fd38c0bb4818ed", "source_file": "invented.pdf", "source_row": 11, "text": "Establish a commission to end child labour without delay, and report on measure 5.", "state_under_review": "Chile", "recommending_states": ["France"], "session": 40, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.11", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
INSERT INTO "occurrences" VALUES('46ca1e4ad6d41be3b91c',12,0,'{"rec_id": "79bd09b32171bd9a8e0c", "source_file": "invented.pdf", "source_row": 12, "text": "Adopt a law to train police officers as recommended by civil society, and report on measure 4.", "state_under_review": "Kenya", "recommending_states": ["Peru"], "session": 43, "cycle": 3, "symbol": "A/HRC/99/1", "paragraph": "130.12", "kind": "recommendation", "response": "Pending", "response_raw": null, "language": "en", "page": 14, "char_start": null, "char_end": null, "themes": null, "position_source": null, "affected_persons": null, "sdgs": null, "text_raw": null, "text_fr": null, "text_es": null}',NULL,'null');
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
INSERT INTO "predictions" VALUES(1,1,'linear-1','2014-10','model','Strengthen measures to fight corruption in the courts without delay, and report on measure 12.',4,0.7236,'[3, 4]','["Corruption", "Justice"]','{"Corruption": 0.546, "Justice": 0.649, "General": 0.12}',1,'["weak-action", "close-actions"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(2,2,'linear-1','2014-10','model','Seek technical assistance to ratify the Convention against Torture without delay, and report on measure 10.',1,0.3246,'[1]','["International instruments", "Torture and other CID treatment"]','{"International instruments": 0.794, "Torture and other CID treatment": 0.881, "General": 0.12}',1,'["weak-action"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(3,3,'linear-1','2014-10','model','Establish a commission to end child labour before the next review, and report on measure 18.',5,0.7518,'[5]','["Rights of the Child", "Labour"]','{"Rights of the Child": 0.989, "Labour": 0.988, "General": 0.12}',1,'[]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(4,4,'linear-1','2014-10','model','Share its experience in order to guarantee access to clean water as recommended by civil society, and report on measure 32.',1,0.8287,'[1]','["Right to water"]','{"Right to water": 0.553, "General": 0.12}',1,'[]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(5,5,'linear-1','2014-10','model','Consider steps to ratify the Convention against Torture in rural areas, and report on measure 0.',3,0.5591,'[3, 4]','["International instruments", "Torture and other CID treatment"]','{"International instruments": 0.706, "Torture and other CID treatment": 0.777, "General": 0.12}',1,'["weak-action", "close-actions"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(6,6,'linear-1','2014-10','model','Examine ways to abolish the death penalty in rural areas, and report on measure 0.',3,0.7878,'[3]','["Death penalty"]','{"Death penalty": 0.529, "General": 0.12}',1,'[]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(7,7,'linear-1','2014-10','model','Strengthen measures to improve prison conditions before the next review, and report on measure 32.',4,0.5648,'[4, 5]','["Detention"]','{"Detention": 0.706, "General": 0.12}',1,'["weak-action", "close-actions"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(8,8,'linear-1','2014-10','model','Consider steps to guarantee access to clean water in rural areas, and report on measure 25.',3,0.6047,'[2, 3]','["Right to water"]','{"Right to water": 0.879, "General": 0.12}',1,'["weak-action"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(9,9,'linear-1','2014-10','model','Consider steps to ratify the Convention against Torture in rural areas.',3,0.7149,'[3, 4]','["International instruments", "Torture and other CID treatment"]','{"International instruments": 0.805, "Torture and other CID treatment": 0.562, "General": 0.12}',1,'["weak-action"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(10,10,'linear-1','2014-10','model','Establish a commission to improve prison conditions without delay, and report on measure 9.',5,0.8005,'[5]','["Detention"]','{"Detention": 0.862, "General": 0.12}',1,'[]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(11,11,'linear-1','2014-10','model','Establish a commission to end child labour without delay, and report on measure 5.',5,0.3267,'[5]','["Rights of the Child", "Labour"]','{"Rights of the Child": 0.617, "Labour": 0.845, "General": 0.12}',1,'["weak-action", "close-actions"]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
INSERT INTO "predictions" VALUES(12,12,'linear-1','2014-10','model','Adopt a law to train police officers as recommended by civil society, and report on measure 4.',5,0.7509,'[5]','["Human rights education and training"]','{"Human rights education and training": 0.637, "General": 0.12}',1,'[]','{"action": null, "rule": "", "spans": []}','2026-11-01 00:00:00.000000');
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
INSERT INTO "skips" VALUES(2,9);
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
INSERT INTO "users" VALUES(1,'Anna','anna','reviewer','*','2026-01-01 00:00:00.000000',NULL);
INSERT INTO "users" VALUES(2,'Ben','ben','reviewer','*','2026-01-01 00:00:01.000000',NULL);
INSERT INTO "users" VALUES(3,'Dora','dora','adjudicator','*','2026-01-01 00:00:02.000000',NULL);
CREATE INDEX login_failures_at ON login_failures (address, at);
CREATE INDEX items_queue ON items (status, priority, id);
CREATE INDEX items_second ON items (status, first_reader, priority);
CREATE INDEX items_assigned ON items (assignee_id, status, priority);
CREATE INDEX ix_occurrences_item_id ON occurrences (item_id);
CREATE TRIGGER predictions_no_update BEFORE UPDATE ON predictions BEGIN SELECT RAISE(ABORT, 'predictions are append-only'); END;
CREATE TRIGGER predictions_no_delete BEFORE DELETE ON predictions BEGIN SELECT RAISE(ABORT, 'predictions are append-only'); END;
CREATE INDEX ix_decisions_item_id ON decisions (item_id);
CREATE INDEX decisions_user ON decisions (user_id, id);
CREATE INDEX ix_decisions_batch ON decisions (batch);
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE INDEX facets_queue ON facets (value_id, status, priority, item_id);
COMMIT;
