"""Methods: formulas (code) and the cards (data) that say what each applies to."""

from emissions.methods.card import Argument, Card, load_cards
from emissions.methods.formula import Formula, formula
from emissions.methods.formulas import FORMULAS

__all__ = ["FORMULAS", "Argument", "Card", "Formula", "formula", "load_cards"]
