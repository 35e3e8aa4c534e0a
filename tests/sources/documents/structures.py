"""The structures of items that the English tests know, each said in English, French and Spanish."""

from __future__ import annotations

ITEMS: dict[str, tuple[str, str, str]] = {
    "two wordings": (
        "Ratify the treaty on bridges (Chile); Consider ratifying the treaty on bridges (Nepal);",
        "Ratifier le traité sur les ponts (Chili) ; Envisager de ratifier le traité sur les ponts (Népal) ;",
        "Ratificar el tratado sobre los puentes (Chile); Considerar la posibilidad de ratificar el "
        "tratado sobre "
        "los puentes (Nepal);",
    ),
    "a continuation": (
        "Found an ombudsman (Ghana) in accordance with the Paris Principles (Kenya)",
        "Créer un médiateur (Ghana) conformément aux Principes de Paris (Kenya)",
        "Crear un defensor (Ghana) de conformidad con los Principios de París (Kenya)",
    ),
    "alternatives that share an object": (
        "Accede to (Algeria)/sign and ratify (Peru)/sign (Chile) the Convention on Ferries (Egypt)",
        "Adhérer à (Algérie)/signer et ratifier (Pérou)/signer (Chili) la Convention sur les ferries "
        "(Égypte)",
        "Adherirse a (Argelia)/firmar y ratificar (Perú)/firmar (Chile) la Convención sobre los "
        "Transbordadores (Egipto)",
    ),
    "more objects of a verb": (
        "Ratify the Convention on Ferries (Peru), the Protocol on Buoys (Chile)",
        "Ratifier la Convention sur les ferries (Pérou), le Protocole sur les bouées (Chili)",
        "Ratificar la Convención sobre los Transbordadores (Perú), el Protocolo sobre las Boyas (Chile)",
    ),
    "a State that joins two clauses": (
        "Ratify the Protocol (Chile, Benin) and establish a mechanism (Benin)",
        "Ratifier le Protocole (Chili, Bénin) et établir un mécanisme (Bénin)",
        "Ratificar el Protocolo (Chile, Benin) y establecer un mecanismo (Benin)",
    ),
    "two acts of two States": (
        "Repair the lamps (Peru) and paint the benches (Chile)",
        "Réparer les lampes (Pérou) et peindre les bancs (Chili)",
        "Reparar las lámparas (Perú) y pintar los bancos (Chile)",
    ),
    "a State in the last bracket only": (
        "Consider the possibility (Peru) of ratifying the Convention on Ferries (Peru, Chile)",
        "Envisager la possibilité (Pérou) de ratifier la Convention sur les ferries (Pérou, Chili)",
        "Considerar la posibilidad (Perú) de ratificar la Convención sobre los Transbordadores (Perú, Chile)",
    ),
    "a forgotten semicolon": (
        "Keep the lamps lit. (Ghana) Repair the benches in all parks (Kenya);",
        "Garder les lampes allumées. (Ghana) Réparer les bancs de tous les parcs (Kenya) ;",
        "Mantener encendidas las lámparas. (Ghana) Reparar los bancos de todos los parques (Kenya);",
    ),
    "an accented capital after a bracket": (
        "Keep the lamps lit (Ghana) Elaborate a plan for the parks (Kenya);",
        "Garder les lampes allumées (Ghana) Élaborer un plan pour les parcs (Kenya) ;",
        "Mantener encendidas las lámparas (Ghana) Elaborar un plan para los parques (Kenya);",
    ),
    "sentences of several States": (
        "Repair all lamps. Paint the benches. (Ghana, Kenya)",
        "Réparer toutes les lampes. Peindre les bancs. (Ghana, Kenya)",
        "Reparar todas las lámparas. Pintar los bancos. (Ghana, Kenya)",
    ),
    "infinitives of several States": (
        "To repair all lamps; to paint the benches (Ghana, Kenya)",
        "De réparer toutes les lampes ; de peindre les bancs (Ghana, Kenya)",
        "Que repare todas las lámparas; que pinte los bancos (Ghana, Kenya)",
    ),
    "a sentence that asks for nothing": (
        "Repair all lamps. This would light the paths. (Ghana, Kenya)",
        "Réparer toutes les lampes. Cela éclairerait les sentiers. (Ghana, Kenya)",
        "Reparar todas las lámparas. Esto iluminaría los senderos. (Ghana, Kenya)",
    ),
    "an instrument named before": (
        "Apply the Convention on Ferries (Ghana), ratify the Optional Protocol thereto (Kenya);",
        "Appliquer la Convention sur les ferries (Ghana), ratifier le Protocole facultatif s’y rapportant "
        "(Kenya) ;",
        "Aplicar la Convención sobre los Transbordadores (Ghana), ratificar el Protocolo Facultativo "
        "de la misma "
        "(Kenya);",
    ),
    "one State's compound sentence": (
        "Train all wardens of lighthouses, repair the lamps and publish the results (Malta);",
        "Former tous les gardiens de phare, réparer les lampes et publier les résultats (Malte) ;",
        "Formar a todos los guardas de faros, reparar las lámparas y publicar los resultados (Malta);",
    ),
    "one State's two sentences": (
        "Repair all lamps. Paint the benches. (Malta)",
        "Réparer toutes les lampes. Peindre les bancs. (Malte)",
        "Reparar todas las lámparas. Pintar los bancos. (Malta)",
    ),
    "an adverb with States": (
        "Promptly (Nepal) ratify the Ferry Convention (Chile, Peru)",
        "Rapidement (Népal) ratifier la Convention des ferries (Chili, Pérou)",
        "Rápidamente (Nepal) ratificar la Convención de los Transbordadores (Chile, Perú)",
    ),
    "when to act": (
        "Sign (Chile, Peru) without delay (Nepal) / ratify (Malta) at the earliest opportunity (Ghana)/in "
        "due course (Kenya) the Convention on Ferries",
        "Signer (Chili, Pérou) sans délai (Népal) / ratifier (Malte) à la première occasion (Ghana)/en temps "
        "voulu (Kenya) la Convention sur les ferries",
        "Firmar (Chile, Perú) sin demora (Nepal) / ratificar (Malta) en la primera oportunidad (Ghana)/a su "
        "debido tiempo (Kenya) la Convención sobre los Transbordadores",
    ),
    "recommended before": (
        "Ratify the Ferry Convention (Peru), as previously recommended in 2010 (Chile)",
        "Ratifier la Convention des ferries (Pérou), comme recommandé précédemment en 2010 (Chili)",
        "Ratificar la Convención de los Transbordadores (Perú), como se recomendó anteriormente en "
        "2010 (Chile)",
    ),
    "an act after what was recommended before": (
        "Ratify the Ferry Convention (Peru), as recommended in 2010 (Chile) (Nepal), and repair wells "
        "(Nepal)",
        "Ratifier la Convention des ferries (Pérou), comme recommandé en 2010 (Chili) (Népal), et "
        "réparer les "
        "puits (Népal)",
        "Ratificar la Convención de los Transbordadores (Perú), como se recomendó en 2010 (Chile) (Nepal), y "
        "reparar los pozos (Nepal)",
    ),
    "a noun for the act": (
        "Sign and ratify (Peru)/consider the ratification (Chile) of the Ferry Convention (Chile)",
        "Signer et ratifier (Pérou)/envisager la ratification (Chili) de la Convention des ferries (Chili)",
        "Firmar y ratificar (Perú)/considerar la ratificación (Chile) de la Convención de los "
        "Transbordadores "
        "(Chile)",
    ),
    "an aim after a semicolon": (
        "Repair the lamps (Peru); so that all paths are lit (Chile)",
        "Réparer les lampes (Pérou) ; afin que tous les sentiers soient éclairés (Chili)",
        "Reparar las lámparas (Perú); para que todos los senderos estén iluminados (Chile)",
    ),
    "a comma before the bracket": (
        "Repair the lamps, (Peru), in line with the plan (Chile)",
        "Réparer les lampes, (Pérou), en conformité avec le plan (Chili)",
        "Reparar las lámparas, (Perú), en consonancia con el plan (Chile)",
    ),
    "letters with States of their own": (
        "Consider ratifying: (a) the Ferry Convention (Chile); (b) the Protocol (France)",
        "Envisager de ratifier : a) la Convention des ferries (Chili) ; b) le Protocole (France)",
        "Considerar la posibilidad de ratificar: a) la Convención de los Transbordadores (Chile); b) el "
        "Protocolo (Francia)",
    ),
    "letters without semicolons": (
        "(a) Repair the lamps (Chile) (b) Paint the benches (France)",
        "a) Réparer les lampes (Chili) b) Peindre les bancs (France)",
        "a) Reparar las lámparas (Chile) b) Pintar los bancos (Francia)",
    ),
    "letters that are retold": (
        "Chile recommended that Nepal (a) ratify the Convention; (b) adopt a law on asylum",
        "Le Chili a recommandé au Népal a) de ratifier la Convention ; b) d’adopter une loi sur l’asile",
        "Chile recomendó que Nepal a) ratificara la Convención; b) aprobara una ley de asilo",
    ),
    "two States that recommend": (
        "Ghana and Mali recommended that Andorra repair the lamps.",
        "Le Ghana et le Mali ont recommandé à l’Andorre de réparer les lampes.",
        "Ghana y Malí recomendaron que Andorra reparara las lámparas.",
    ),
    "a State that encourages": (
        "Peru encouraged the Government to repair the lamps.",
        "Le Pérou a encouragé le Gouvernement à réparer les lampes.",
        "El Perú alentó al Gobierno a reparar las lámparas.",
    ),
    "a State that recommends an infinitive": (
        "Peru recommended repairing the lamps;",
        "Le Pérou a recommandé de réparer les lampes ;",
        "El Perú recomendó reparar las lámparas;",
    ),
    "a State and a colon": (
        "Peru: repair the lamps;",
        "Pérou : réparer les lampes ;",
        "Perú: reparar las lámparas;",
    ),
    "a State behind a dash": (
        "Repair the lamps - Peru;",
        "Réparer les lampes - Pérou ;",
        "Reparar las lámparas - Perú;",
    ),
    "a State in square brackets": (
        "Repair the lamps [Ghana and Mali];",
        "Réparer les lampes [Ghana et Mali] ;",
        "Reparar las lámparas [Ghana y Malí];",
    ),
    "as recommended by a State": (
        "Repair the lamps, as recommended by Peru;",
        "Réparer les lampes, comme l’a recommandé le Pérou ;",
        "Reparar las lámparas, como recomendó el Perú;",
    ),
    "made by a State": (
        "Repair the lamps (recommendation made by Ghana and Mali);",
        "Réparer les lampes (recommandation faite par le Ghana et le Mali) ;",
        "Reparar las lámparas (recomendación formulada por Ghana y Malí);",
    ),
    "when to act, before the object": (
        "Ratify as soon as possible (France) the Convention against Rust (Chile)",
        "Ratifier dès que possible (France) la Convention contre la rouille (Chili)",
        "Ratificar lo antes posible (Francia) la Convención contra el Óxido (Chile)",
    ),
    "a pronoun for the object": (
        "Refrain from painting the lamps (Italy) and abolish it (Switzerland);",
        "S’abstenir de peindre les lampes (Italie) et l’abolir (Suisse) ;",
        "Abstenerse de pintar las lámparas (Italia) y abolirlo (Suiza);",
    ),
    "how to act": (
        "Step up the fight against rust (Chile), by allocating paint (Norway) and training painters "
        "(Norway, Sweden);",
        "Intensifier la lutte contre la rouille (Chili), en allouant de la peinture (Norvège) et en "
        "formant des "
        "peintres (Norvège, Suède) ;",
        "Intensificar la lucha contra el óxido (Chile), asignando pintura (Noruega) y capacitando a pintores "
        "(Noruega, Suecia);",
    ),
    "what is included": (
        "Repair the lamps (Italy), including the red ones (Chile);",
        "Réparer les lampes (Italie), y compris les rouges (Chili) ;",
        "Reparar las lámparas (Italia), incluidas las rojas (Chile);",
    ),
    "a that-clause with a subject of its own": (
        "That Andorra repair the lamps (Chile), and that it adopt a law (Peru)",
        "Que l’Andorre répare les lampes (Chili), et qu’elle adopte une loi (Pérou)",
        "Que Andorra repare las lámparas (Chile), y que apruebe una ley (Perú)",
    ),
    "a State before its text": (
        "(Peru) Repair the lamps;",
        "(Pérou) Réparer les lampes ;",
        "(Perú) Reparar las lámparas;",
    ),
    "a statement of what should be": (
        "Repair the lamps (Peru) The authorities should paint the benches (Chile);",
        "Réparer les lampes (Pérou) Les autorités devraient peindre les bancs (Chili) ;",
        "Reparar las lámparas (Perú) Las autoridades deberían pintar los bancos (Chile);",
    ),
    "the voice begins anew": (
        "Recommended that Andorra adopt a law on yards (Malta); it further recommended that the Government "
        "build bridges (Ghana);",
        "A recommandé à l’Andorre d’adopter une loi sur les cours (Malte) ; il a en outre recommandé au "
        "Gouvernement de construire des ponts (Ghana) ;",
        "Recomendó que Andorra aprobara una ley sobre los patios (Malta); recomendó además que el Gobierno "
        "construyera puentes (Ghana);",
    ),
    "acts of one State, retold": (
        "Recommended that Andorra take measures against rust, that it continue the talks and that it "
        "pursue its "
        "work (Peru)",
        "A recommandé que l’Andorre prenne des mesures contre la rouille, qu’elle poursuive les "
        "pourparlers et "
        "qu’elle continue ses travaux (Pérou)",
        "Recomendó que Andorra tomara medidas contra el óxido, que prosiguiera las conversaciones y que "
        "continuara su labor (Perú)",
    ),
    "a voice after a comma": (
        "Take measures against rust, recommended the continuation of the talks, and also encouraged the "
        "Government to pursue its work (Peru)",
        "Prendre des mesures contre la rouille, a recommandé la poursuite des pourparlers, et a également "
        "encouragé le Gouvernement à continuer ses travaux (Pérou)",
        "Tomar medidas contra el óxido, recomendó la continuación de las conversaciones, y también alentó al "
        "Gobierno a proseguir su labor (Perú)",
    ),
    "that-clauses of one State": (
        "That measures be taken against rust; that the State open the wells; and that lamps be "
        "repaired (Peru)",
        "Que des mesures soient prises contre la rouille ; que l’État ouvre les puits ; et que les "
        "lampes soient "
        "réparées (Pérou)",
        "Que se tomen medidas contra el óxido; que el Estado abra los pozos; y que se reparen las "
        "lámparas (Perú)",
    ),
    "a voice in the next sentence": (
        "Recommended to repair lamps. Also recommended to the Government that wells be opened (Peru)",
        "A recommandé de réparer les lampes. A également recommandé au Gouvernement que des puits soient "
        "ouverts (Pérou)",
        "Recomendó reparar las lámparas. También recomendó al Gobierno que se abrieran pozos (Perú)",
    ),
    "a voice after what is noted": (
        "While noting the efforts on rust, recommended that Andorra open the wells (Peru)",
        "Tout en notant les efforts contre la rouille, a recommandé à l’Andorre d’ouvrir les puits (Pérou)",
        "Si bien observó los esfuerzos contra el óxido, recomendó que Andorra abriera los pozos (Perú)",
    ),
    "a relative clause that goes on": (
        "Recommended that Andorra adopt a law that punishes theft and that protects the lamps (Peru)",
        "A recommandé à l’Andorre d’adopter une loi qui punisse le vol et qui protège les lampes (Pérou)",
        "Recomendó que Andorra aprobara una ley que castigara el robo y que protegiera las lámparas (Perú)",
    ),
}
"""Name of the structure to the item in English, French and Spanish."""
