"""Factors: packages, sets, the library made from them, and how a row is chosen."""

from emissions.factors.library import FactorLibrary, load_factors, load_set, set_names
from emissions.factors.resolve import Matched, Request, Resolver
from emissions.factors.sets import FactorSet

__all__ = [
    "FactorLibrary",
    "FactorSet",
    "Matched",
    "Request",
    "Resolver",
    "load_factors",
    "load_set",
    "set_names",
]
