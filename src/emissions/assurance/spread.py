"""What a published value and its bounds say about how far the true value may be: no width that nobody stated.

A bound is taken at its word: the value is the median, and the lower and upper bound are the ends of the central
interval of the stated level (the 2.5th and the 97.5th percentile for 95 %). Between them the distribution is normal
or lognormal with a width of its own on either side (a two-piece normal); normal where the bounds lie more evenly
about the value as differences, lognormal where they lie more evenly as ratios.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_LEVEL = re.compile(r"(\d+(?:\.\d+)?)\s*%")


@dataclass(frozen=True)
class Spread:
    """Distributions of the ratio of the true value to the value as published, one element a source.

    Attributes
    ----------
    below, above
        Widths (standard deviations) below and above the median: of the ratio, or of its logarithm.
    logarithmic
        True where the widths are of the logarithm.
    least, most
        Bounds no draw goes beyond: what is physically possible.
    """

    below: Floats
    above: Floats
    logarithmic: Flags
    least: Floats
    most: Floats

    def __len__(self) -> int:
        return len(self.below)

    def ratios(self, normals: Floats) -> Floats:
        """Return ratios for standard normal numbers of shape (sources, draws)."""
        width = np.where(normals < 0, self.below[:, None], self.above[:, None])
        shift = normals * width
        ratio = np.where(self.logarithmic[:, None], np.exp(np.where(self.logarithmic[:, None], shift, 0.0)), 1 + shift)
        found: Floats = np.clip(ratio, self.least[:, None], self.most[:, None])
        return found


def levels_of(confidence: pd.Series, otherwise: float) -> Floats:
    """Return the level of the bounds of each row (0.95 for ``95% CI``), ``otherwise`` where it states none.

    Examples
    --------
    >>> levels_of(pd.Series(["95% CI", "", "90%"]), 0.95).tolist()
    [0.95, 0.95, 0.9]
    """
    found = [_LEVEL.search(str(text)) for text in confidence]
    return np.array([float(one.group(1)) / 100 if one else otherwise for one in found], dtype=np.float64)


def stated(value: Floats, low: Floats, high: Floats) -> Flags:
    """Tell which values have bounds that say something: both are there, hold the value, and are apart."""
    flags: Flags = np.isfinite(value) & (value != 0) & (low <= value) & (value <= high) & (low < high)
    return flags


def spread_of(value: Floats, low: Floats, high: Floats, level: Floats, highest: Floats) -> Spread:
    """Return the distributions of values with bounds.

    Parameters
    ----------
    value, low, high
        In one unit; only values for which :func:`stated` holds.
    level
        Level of the bounds, between 0 and 1.
    highest
        Largest value that is possible, in the same unit; infinite where there is none. A value whose bounds do not
        reach below zero is never drawn below zero.
    """
    from scipy.special import ndtri  # noqa: PLC0415  scipy is slow to import; only draws pay for it

    ends = np.sort(np.vstack([low / value, high / value]), axis=0)
    least, most = ends
    z = ndtri((1 + level) / 2)
    positive = least > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        down, up = -np.log(np.where(positive, least, np.nan)), np.log(most)
        uneven_log = np.abs(up - down) / (up + down)
    uneven = np.abs((most - 1) - (1 - least)) / (most - least)
    logarithmic = positive & (uneven_log < uneven)
    return Spread(
        np.where(logarithmic, down, 1 - least) / z,
        np.where(logarithmic, up, most - 1) / z,
        logarithmic,
        np.where(least >= 0, 0.0, -np.inf),
        np.where(value > 0, highest / value, np.inf),
    )
