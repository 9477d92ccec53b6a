"""What things are called: substances, activities, categories, regions, conditions, units, labels, messages.

The words are data (``data/*.csv``, ``data/messages/*.yaml``); this package reads them.
"""

from emissions.vocabulary.labels import category_label, control_label, label
from emissions.vocabulary.messages import Language, message, named
from emissions.vocabulary.problems import describe, reason_text
from emissions.vocabulary.tables import read_yaml
from emissions.vocabulary.words import Graph, UnitWord, Vocabulary, load_vocabulary, normalise

__all__ = [
    "Graph",
    "Language",
    "UnitWord",
    "Vocabulary",
    "category_label",
    "control_label",
    "describe",
    "label",
    "load_vocabulary",
    "message",
    "named",
    "normalise",
    "read_yaml",
    "reason_text",
]
