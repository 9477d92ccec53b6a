"""How far a result can be trusted: bands of totals from the stated uncertainty of factors and activity data."""

from emissions.assurance.bands import Uncertainty, uncertainty

__all__ = ["Uncertainty", "uncertainty"]
