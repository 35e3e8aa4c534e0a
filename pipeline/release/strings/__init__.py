"""Everything that the pages of a release say, in one file a language."""

from __future__ import annotations

import json

from pipeline.store.sentences import Sentences

SENTENCES = Sentences(__name__)
say, sentence, forms = SENTENCES.say, SENTENCES.sentence, SENTENCES.forms

_OF_SCRIPTS = "script."


def words_of_scripts() -> bytes:
    """What the scripts of the pages say in the language that is spoken, as a script."""
    keys = (key for key in SENTENCES.load() if key.startswith(_OF_SCRIPTS))
    words = {key.removeprefix(_OF_SCRIPTS): forms(key) for key in keys}
    plain = {key: found["other"] if len(found) == 1 else found for key, found in words.items()}
    return f"const words = {json.dumps(plain, ensure_ascii=False, indent=0)};\n".encode()
