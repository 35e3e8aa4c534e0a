"""Words by which English recommendations are told, and by which words broken in two are found.

Both lists come from the coded recommendations of sessions 1 to 16: words that stand in 25 texts or more.
"""

from __future__ import annotations

_ENGLISH_LIST = """
abide ability abolish abolishing about abroad acceding accept accepted access accessibility accession
according accordingly account accountability accredited accused achieve achieved achieving across
actively activities activity acts adapt address addressing adequately adhere adjust adopt adopted
adopting adults affairs affect affected affecting after against agreed aid aim aimed aiming align all
alleged allocating allow allowing along already also amend amending among and anti any applied apply
applying appoint appropriately approve arbitrary areas armed arrested assembly assess at attacks
authorities avoid awareness ban be bearing because become becoming been before being beings belief
belonging benefit best better between birth bodies born both bring bringing broad brought build building
by call called campaign campaigns capacities carried carry carrying cease challenges child children
citizens citizenship civilian civilians claims clearly closely collect combating committed common
communities community complaint complaints completely complies comply compulsory concerned concerning
concerns conduct conformity consenting consider considered considering consolidating constraints
contained context continued continuing control convicted cooperate cooperating cooperation could counsel
counselling counter create creating criminalise criminalize criminalizing curb currently custody
customary customs dealing death deaths declare decriminalise decriminalize deepen defenders defined delay
democracy democratic deny deprived designed desist detained detainees develop developed developing
development difficulties dignity directed disabilities disability disabled disadvantaged discriminatory
diseases disparities diversity domestic down draft drafting drinking duly during each earliest early
economic education effect effectively effectiveness efficiency elderly elections eliminating embark
emergency emphasis employment empower enabling enact enacting encouraging end endeavours ending enforce
enforcement enhance enhancing enjoy enshrined ensure ensuring entire envisage equality equally
eradicating especially establish established establishing ethnic ethnicity even eventually every everyone
example exercising existing expand expanding explicit explicitly expressed extend extending faced
facilitating facilities facing fair family favour favourably fear female field fight fighting finalise
finalize find first follow following food forced foreign foreigners former forms forward framework
freedom freedoms freely from fulfil full fully functioning funding funds further gender girls given
giving going good governing granting greater ground growth guarantee guaranteed guaranteeing guarantees
harmful harmonise harmonize harmonizing harmony hatred have having health healthcare held help high
higher highest his hold holders home homosexuality honour housing how human humanitarian humanity
identified identify if illiteracy immediately impartiality implement implementation implemented
implementing imposed improve improved improving impunity including income incorporating increase
increased increasing independence independent independently inequalities inequality inform informed
inquiry integrated integrity intensify interest interested interests internally internationally into
introducing investigate investigated investigating invite involuntary involved involving issue issuing it
its itself judges judiciary keep keeping killings knowledge known labour law laws lawyers lead leading
least legally legislation legislative length lesbian level levels liberty life lift literacy long low
made maintain make making mandatory manner many marginalized marital matter matters may means measures
mechanisms meet member members mentioned minorities monitoring mortality most mothers motivated namely
nationality necessary need needed needs new next not notably number obtain of offence offenders offer
officers ongoing only opportunities opportunity order organisations organs orientation origin other
others out outcome outstanding overall overcome overcrowding overdue oversight own ownership paragraph
particularly past pay paying peace peaceful penalty pending penitentiary people peoples periodic
perpetrated persons policies policy pornography positively possibility poverty powers preventing
prevention primary priorities prioritise prioritize prisoners privacy problems procedures proceed
proceedings process programs progress progressively prohibit prohibited prohibiting prohibits promote
promoting prompt promptly proper properly proposed prosecute prosecuted prosecuting protect protected
protecting provide provided provides providing publicly publish punish punished punishing punishment
purpose purposes pursue pursuing put putting quickly racially raised raising rapporteur ratified ratify
ratifying reach reasons recently recognise recognize recognized recognizing recommendations recommended
reconsider recovery redress reducing reduction reform reforming reforms refrain refugee refugees regard
regarding regardless registered regularly reinforce related relating release remain remaining remedy
removing repeal repealing report reported reporting request requested requests required resources
respected respecting respond responsibilities responsibility restore result resulting results return
review reviewing right rights rule safeguard safeguards safety same school schools secondary security
seek seekers seeking self sentencing seriously setting settings sharing shelter shelters should sign
signed signing since slavery so society socioeconomic soldiers solidarity soon specialized specific
specifically speech speed stakeholders standards standing stated step steps stereotypes stipulated stop
strategies strategy street strengthen strengthening strict strictly strong study subject subjected submit
submitting successful such summary supporting suspected swiftly system systematic systematically systems
tackle take taken taking targeted targeting targets teachers temporary terms territories than that the
their them thematic there these they this thorough thoroughly those threats through throughout timely to
together toward towards traffickers trafficking train training transgender transparency treated treaties
treatment treaty two unaccompanied understanding undertake undertaken undocumented undue unhindered
unlawful up uphold upon urban urgently used using utmost victim victims view views voluntary
vulnerability water way welfare well were when where which who whole whose widely widespread with
withdraw withdrawing within without witnesses women work workers working worship worst would xenophobic
year years yet young
"""

ENGLISH = frozenset(_ENGLISH_LIST.split())
"""Words of recommendations that are no words of French, Spanish, Portuguese or Italian."""

_OTHER_FREQUENT_LIST = """
able abolition abortion abuse abuses accede accelerate accessible accordance accountable accreditation
achievement achievements action actions active activists actors additional adequate administration
administrative adolescents adoption adult advance advancement age agencies agents agricultural alia
allegations alleviation allocate allocation alternative alternatives amendment amendments an appeal
applicable application appointment approach appropriate approval are area army arrest article articles as
aspects assist assistance association associations asylum attention attitudes authority available based
basic basis bilateral bisexual body border boys budget but camps can capacity capital care case cases
causes cent central centre centres certain change changes charges circumstances civil clear climate close
collaboration collection collective combat commercial commit commitment commitments communication
communications commute compensation competence competent complete compliance comprehensive conclude
concrete condition conditions conducive conflict connection conscience conscientious consensual consent
consequences consideration consistent consolidate constitutional constructive consultation consultations
continue contribute contribution conventions coordinate coordination core corporal corruption countries
country courts coverage creation credible crime crimes criminal criminalization criminalizes crisis
criteria cultural culture current curricula custodial data date de deal decent decision decisions
defamation defence define definition demonstrations deprivation descent design detention detentions
determination dialogue different direct disappearances discriminate discrimination displaced disseminate
dissemination distribution divorce do document documents does done drug due educate educational effective
effects efficient effort efforts elaborate election electoral elements eliminate empowerment enable
encourage engage engagement enjoyment enrolment environment environmental equal equitable eradicate
eradication essential establishment evaluate events evictions evidence examine excessive exclusion
execution executions executive exercise expedite experience experiences exploitation explore express
expression extrajudicial extreme face facilitate facto far favourable federal fields financial focus for
force forces form formal formulate foster free functions fundamental future gap gaps gay general genital
genuine give global goal governance governmental governments grant grounds groups guidelines halt
harassment harmonization has hate her holding homosexual identification identity ill illegal immediate
immigrant immigrants immigration impact impartial importance important impose imprisonment improvement
improvements in incidents incitement include includes inclusion inclusive incorporate incorporation
indigenous individual individuals infant information infrastructure inheritance initiate initiative
initiatives inmates institute institution institutional institutions instrument instruments integrate
integration inter interference internal international intimidation intolerance introduce investigation
investigations invitation invitations involve involvement irregular is issues job journalists judicial
jure jurisdiction justice juvenile juveniles key lack land language languages large last launch leaders
legal legitimate light like limit line live living local look machinery main major malnutrition
management mandate manifestations market marriage marriages material maternal measure mechanism media
medical men mental migrants migration military mind minimum minority minors mistreatment modify monitor
moratorium more mother move movement mutilation national natural nature near negative non norms objective
objectives obligation obligations observations obstacles offences official officials on one open operate
operation operational operations opinion opinions opposition or organizations organize otherwise over
parents part participate participation particular parties partners party pass penalties per period
permanent permit perpetrators persecution person personal personnel perspective phenomenon physical place
places plan planning plans police political poor population populations position positions positive
possible post potential power practical practice practices pre pregnant preparation prepare presence
present preserve presidential press prevent preventive principle priority prison prisons private
proactive problem procedural procedure processes production professional professionals profiling program
programme programmes prohibition project projects promotion property prosecution prosecutions prosecutors
prostitution protection protections provincial provision provisions psychological public quality question
race racial racism racist raise range rape rate rates ratification re realization receive recent
recognition recommendation reconciliation recruitment redouble reduce refoulement regards region regional
regions register registration regular regulation regulations rehabilitation reintegration relation
relations relevant religion religions religious remedies remote remove remuneration reparation
reparations reports representation representative representatives reproductive requirements reservation
reservations residents resolution resolutions resolve respect respective response responsible restrict
restrictions revise revision risk role roles root rural safe sale sanction sanctions sanitation scope
secret section sector sectors secure segments segregation sensitive sentences separate separation serious
servants service services set several sex sexual share similar situation situations social socio solution
solutions some special sphere spheres spread stability staff standard statements statistics status still
structures students submission sufficient support sure sustainable technical term territory terrorism
thereto third thus time tolerance torture total trade traditional traditions transfer transitional
transparent trial trials under unemployment unit universal update urgent use value values various
violation violations violence violent visit visits vulnerable wage war was ways while will xenophobia
youth
"""

FREQUENT = ENGLISH | frozenset(_OTHER_FREQUENT_LIST.split())
"""Frequent words of recommendations, whatever other language has them, too."""
