"""What an arrival report advises, in one file a language."""

from pipeline.store.sentences import Sentences

say = Sentences(__name__).say
