"""The budget of work of one request: a count, never a clock, so that replies stay deterministic.

1. A unit is about a twentieth of a microsecond, a few hundred machine instructions. All work whose
   amount depends on the request is charged: texts, words, members, properties, rules, generated
   values.
2. `charge` raises Spent when the budget is used up. `speak` catches it, and gives the plainest valid
   answer. The plainest answer, and the plainest arguments, have a smaller budget: RESERVE.
3. The budget travels with the texts (`Turn`, `Said`, `Spoken`) and the schemas (`Schemas`) that the
   rules receive. There is one for each request.
"""

from typing import Any, Final

LIMIT: Final = 250_000
"""Units for the rules of the pocket model: about 12 ms."""
RESERVE: Final = 60_000
"""Units for the plainest answer of a request whose budget is spent."""
WORD: Final = 3
"""Units to compare one word."""
STEP: Final = 60
"""Units to resolve a schema once, or to validate one value against one schema."""
COMPILED: Final = 1_500
"""Units to compile a pattern and to look for it."""
RULE: Final = 25
"""Units to apply one rule to a text, or to one value in it."""
PROPERTY: Final = 250
"""Units to find out what a property is for."""


class Spent(Exception):  # noqa: N818 (a signal, not an error)
    """The budget of a request is used up."""


class Work:
    """Counts the work for one request.

    Args:
        limit: The number of units that may be charged.

    Attributes:
        used: The units that were charged so far.
        paid: The parameters of tools, as JSON, for whose slots and rules it was charged.
        plainest: The first schema of which this budget made the plainest value, and that value.
            None if it made none.
    """

    __slots__ = ("_reserve", "limit", "paid", "plainest", "used")

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit: Final = limit
        self.used: int = 0
        self.paid: Final[set[bytes]] = set()
        self.plainest: tuple[object, Any] | None = None
        self._reserve: Work | None = None

    @property
    def reserve(self) -> "Work":
        """The budget for the plainest values after this one is used up."""
        if self._reserve is None:
            self._reserve = Work(RESERVE)
        return self._reserve

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self.used >= self.limit

    def require(self, units: int) -> None:
        """Check that units are left for work that is charged later, in small amounts.

        Args:
            units: The number of units that the work takes at least.

        Raises:
            Spent: If fewer units are left.
        """
        if self.used + units > self.limit:
            self.used = self.limit
            raise Spent

    def charge(self, units: int) -> None:
        """Count units of work, before the work is done.

        Args:
            units: The number of units.

        Raises:
            Spent: If fewer units are left.
        """
        self.used += units
        if self.used > self.limit:
            self.used = self.limit
            raise Spent
