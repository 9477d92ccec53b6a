"""What things are called: substances, activities, categories, regions, conditions, units, labels, messages.

The words are data (``data/*.csv``, ``data/messages/*.yaml``); this package reads them.
"""

from emissions.vocabulary.messages import Language, describe, label, message
from emissions.vocabulary.tables import read_yaml
from emissions.vocabulary.words import Graph, UnitWord, Vocabulary, load_vocabulary, normalise

__all__ = [
    "Graph",
    "Language",
    "UnitWord",
    "Vocabulary",
    "describe",
    "label",
    "load_vocabulary",
    "message",
    "normalise",
    "read_yaml",
]
