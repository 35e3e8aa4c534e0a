"""English verbs with which recommendations begin, in their base forms."""

from __future__ import annotations

_VERB_LIST = """
abide abolish abrogate abstain accede accelerate accept accomplish accord account accredit achieve
acknowledge act activate adapt add address adhere adjust administer adopt advance afford agree align
alleviate allocate allow alter ameliorate amend analyse analyze announce apply appoint approve approximate
arrange ascertain ask assess assign assist assume assure attach attain attempt attend attract augment
authorize avail avoid ban bar base be become begin benefit boost bridge bring broaden build call called
cancel carry cease center centre champion change charge check clarify close co-operate co-ordinate coach
codify collaborate collect combat commence commend commit communicate commute compensate complement complete
comply comprise conclude condemn conduct confer confirm conform consider consolidate constitute construct
consult contact contemplate continue contribute control convene convert convey convict cooperate coordinate
correct counter create criminalise criminalize curb curtail cut deal decentralize decide declare decolonize
decongest decrease decriminalise decriminalize dedicate deepen defend define delete deliver demilitarize
demobilize demonstrate denationalize denounce deny deploy depoliticize desegregate design designate desist
destigmatize detail detect determine develop devise devote digitise digitize direct disaggregate disarm
disband disclose discontinue discourage discuss dismantle dispose disseminate distribute diversify divulge
do double draft draw earmark ease educate effect elaborate eliminate embark embody employ empower enable
enact encourage encouraged end endeavor endeavour endorse endow enforce engage enhance enjoy enlarge enlist
enrich enroll ensure enter entitle envisage envision equip eradicate establish evaluate examine exchange
execute exercise exert expand expedite explain explore express extend face facilitate familiarize fast-track
favor favour fight fill finalise finalize finance find finish fit fix focus follow forbid force forge
formalise formalize formulate foster free fulfil fulfill fund further gather gauge generate get give
graduate grant ground guarantee guard guide halt handle harmonise harmonize have heed heighten help hold
honor honour host house identify impart implement impose improve inaugurate incentivise incentivize include
incorporate increase indicate inform initiate inquire insert insist inspect instigate institute
institutionalise institutionalize instruct insure integrate intensify interact interpret intervene introduce
invest investigate invite invited involve issue itemize join judge keep launch lay lead learn legalize
legislate lessen let liaise liberalize lift limit link listen lobby localize lock look lower mainstream
maintain make manage mandate manifest mediate meet mentor merge mitigate mobilise mobilize model modernise
modernize modify monitor motivate move multiply narrow nationalize negotiate neutralize nominate note notice
notify nurture object obligate observe obtain offer offset open operate operationalise operationalize
optimise optimize organise organize orient outlaw outline overcome overhaul oversee own paint participate
pass pay penalise penalize perform permit persevere persist pilot place plan pledge pool popularise
popularize position possess postpone practise pre-empt preempt prepare prescribe present preserve preside
press presume prevent prioritise prioritize privilege probe proceed process proclaim procure produce
professionalize progress prohibit promote promulgate propagate propose prosecute protect provide publicise
publicize publish punish pursue put quantify quash query raise rally rank ratchet ratify re-accede re-adopt
re-engage re-establish re-evaluate re-examine re-launch reaccede reach react read readopt reaffirm realign
realise realize reallocate reappoint rearrange reassess reassure rebalance rebuild recall recapitulate
recast receive reclassify recognise recognize recommended recommends reconcile reconsider record recruit
rectify recuse redefine redesign redirect redistribute redouble redraft redress reduce reengage reestablish
reevaluate reexamine refer refine reflect refocus reform refrain regain register regularise regularize
regulate rehabilitate reinforce reinstall reinstate reinstitute reintegrate reinterpret reinvigorate
reiterate reject rejoin relaunch release relocate remain remedy remove render renew renounce reopen
reorganize reorient repair repatriate repeal replace replicate reply report represent repress repurpose
request requested require reschedule rescind rescue research reserve resettle resist resolve resort resource
respect respond restart restore restrict restructure resume retain rethink retrain retrofit return reunite
reverse revert review revise revisit revitalise revitalize revive revoke reward rewrite ring-fence roll
safeguard sanction satisfy scale schedule scrap scrutinize secure see seek segregate send sensitise
sensitize sentence separate serve set settle shape share sharpen shield shift shorten show shut sign
simplify solicit solidify solve spare speak spearhead specify speed spend sponsor spread stabilise stabilize
staff stand standardise standardize start state stay steer stem step stimulate stipulate stop streamline
strengthen stress strictly strive structure study submit subscribe substitute suggested supervise supplement
supply support suppress surrender survey suspend sustain sweep synchronize systematize tackle tailor take
target teach tell terminate test tighten trace track train transfer transform translate transmit transpose
treat try turn uncover undergo undertake unify update upgrade uphold urge urged use utilise utilize vacate
validate value verify view visit void vote waive warn welcome widen withdraw withhold work write
"""

VERBS = frozenset(_VERB_LIST.split())
"""Base forms in lower case, and the past forms with which reports retell what was recommended."""
