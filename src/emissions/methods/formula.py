"""A formula: a small pure function on arrays whose units and source are declared beside it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Function = Callable[..., Any]


@dataclass(frozen=True)
class Formula:
    """A function with what it is per, what it returns and the unit of each argument.

    Attributes
    ----------
    name
        Name of the function; cards refer to it.
    function
        Takes arrays (or numbers, or pint quantities), returns the same kind.
    per
        Dimensions of activity it serves; ``{per}`` in a unit stands for the base unit of the dimension.
    returns
        Unit of the result, the implied emission factor: mass of substance per unit of activity.
    units
        Argument -> unit.
    reference
        Source identifier and locator (table, equation, clause).
    """

    name: str
    function: Function
    per: tuple[str, ...]
    returns: str
    units: Mapping[str, str]
    reference: tuple[str, str]

    def __call__(self, **arguments: Any) -> Any:
        """Return the result for keyword arguments."""
        return self.function(**arguments)

    def target(self, base_unit: str) -> str:
        """Return the unit of an implied factor for a base unit of activity.

        A formula that returns a rate per accounting year (``t/({per}*a)``) is taken for the one year of the row.
        """
        return f"t/({base_unit}*a)" if self.returns.endswith("*a)") else f"t/({base_unit})"

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    @property
    def constants(self) -> dict[str, float]:
        """Named constants of the module that the function uses."""
        names = self.function.__code__.co_names
        found = {name: self.function.__globals__.get(name) for name in names}
        return {name: float(value) for name, value in found.items() if isinstance(value, int | float)}

    @property
    def expression(self) -> str:
        """The returned expression as it stands in the source, for the trace."""
        source = inspect.getsource(self.function)
        lines = [line.strip() for line in source.splitlines() if line.strip()]
        body = " ".join(lines[[i for i, line in enumerate(lines) if line.startswith("return")][-1] :])
        return body.removeprefix("return ")


def formula(
    *, per: tuple[str, ...], returns: str, reference: tuple[str, str], **units: str
) -> Callable[[Function], Formula]:
    """Declare a function to be a formula.

    Parameters
    ----------
    per, returns, reference
        As the attributes of :class:`Formula`.
    units
        The unit of every argument of the function.

    Raises
    ------
    TypeError
        At import, if arguments and declared units differ.

    Examples
    --------
    >>> @formula(per=("mass",), returns="t/{per}", reference=("ipcc_2006", "Vol. 1"), emission_factor="t/{per}")
    ... def direct(emission_factor):
    ...     \"\"\"Emission factor as it is.\"\"\"
    ...     return emission_factor
    >>> direct(emission_factor=2.0)
    2.0
    """

    def declare(function: Function) -> Formula:
        arguments = list(inspect.signature(function).parameters)
        if arguments != list(units):
            raise TypeError(f"{function.__name__}: arguments {arguments} but units for {list(units)}")
        return Formula(function.__name__, function, per, returns, dict(units), reference)

    return declare
