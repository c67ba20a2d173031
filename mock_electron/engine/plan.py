"""Plans: how many requests an API key may make."""

from collections.abc import Mapping
from typing import Final, Literal

from mock_electron.inputs import checks
from mock_electron.inputs.spelling import unknown, wrong_part
from mock_electron.inputs.values import CheckedValue


class Plan(CheckedValue, frozen=True):
    """The limits of an account; None means no limit.

    Attributes:
        requests_per_minute: The maximum number of requests within any 60 seconds.
        in_flight: The maximum number of requests at the same time.

    Raises:
        ValueError: If a limit is not an integer of at least 1, or None.
    """

    requests_per_minute: int | None = None
    in_flight: int | None = None

    def __post_init__(self) -> None:
        for name in ("requests_per_minute", "in_flight"):
            checks.optional_whole_number(name, getattr(self, name), 1)


PlanName = Literal["unlimited", "standard", "enterprise"]
PLANS: Final[Mapping[PlanName, Plan]] = {
    "unlimited": Plan(),
    "standard": Plan(requests_per_minute=10, in_flight=3),  # D
    "enterprise": Plan(requests_per_minute=200, in_flight=20),  # D
}


PLAN_AS_TEXT: Final = (
    "two integers of at least 1, such as 10:3, for requests per minute and requests in flight"
)
SEPARATORS: Final = ("/", ":")
PARTS: Final = (("requests per minute", 1, None), ("requests in flight", 1, None))
"""The parts of a plan as text: what they are, and their bounds."""
PLAN_OR_TEXT: Final = f"a Plan, or {PLAN_AS_TEXT}"


def plan_of(given: object) -> Plan:
    """Return a plan that is given as a Plan, by name, or as text such as "10:3" or "10/3".

    Raises:
        ValueError: If it is anything else.
    """
    if isinstance(given, Plan):
        return given
    if isinstance(given, str) and any(mark in given for mark in SEPARATORS):
        return parse_plan(given, alternative=PLAN_OR_TEXT)
    return PLANS[checks.choice("plan", given, PLANS, alternative=PLAN_OR_TEXT)]


def parse_plan(text: str, *, alternative: str = PLAN_AS_TEXT) -> Plan:
    """Return the plan that a text gives by name or by two numbers.

    Args:
        text: The text.
        alternative: What the message says is accepted besides a name.

    Raises:
        ValueError: If it gives no plan.
    """
    for name, plan in PLANS.items():
        if text == name:
            return plan
    parts = _parts(text)
    try:
        requests, in_flight = map(int, parts)
        return Plan(requests, in_flight)
    except ValueError:
        words = unknown("plan", text, PLANS, alternative=alternative)
        wrong = wrong_part(parts, PARTS, int) if len(parts) == len(PARTS) else ""
        raise ValueError(words + wrong) from None


def _parts(text: str) -> list[str]:
    """Return the parts of a plan as text, which one kind of separator divides."""
    mark = next((mark for mark in SEPARATORS if mark in text), ":")
    return text.split(mark)
