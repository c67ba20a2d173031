"""Errands for agents of any framework: tools, questions, expected calls, expected answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Tool = Callable[..., Any]

CELSIUS: Final = {"Mumbai": 31, "Delhi": 38, "Pune": 27}
UNKNOWN: Final = {"error": "unknown"}
"""The result of a tool for arguments that no errand uses."""


def get_weather(city: str) -> dict[str, Any]:
    """Get the current weather in a city."""
    return {"city": city, "celsius": CELSIUS[city]} if city in CELSIUS else UNKNOWN


def get_order_city(order_id: str) -> str:
    """Look up the city that an order is shipped to."""
    return {"A-1042": "Pune"}.get(order_id, "unknown")


def find_customer(name: str) -> dict[str, str]:
    """Find a customer's id by the full name."""
    return {"customer_id": "C-17"} if name == "Asha Rao" else UNKNOWN


def get_balance(customer_id: str) -> dict[str, Any]:
    """Get the balance of a customer's account, in rupees."""
    return {"balance": 12450} if customer_id == "C-17" else UNKNOWN


def convert_currency(amount: float, source: str, target: str) -> str:
    """Convert an amount of money from one currency to another.

    Args:
        amount: How much money.
        source: The ISO 4217 code of the currency to convert from.
        target: The ISO 4217 code of the currency to convert to.
    """
    return f"{amount:g} {source} = {amount * 90:g} {target}"


TOOLS: Final[tuple[Tool, ...]] = (
    get_weather,
    get_order_city,
    find_customer,
    get_balance,
    convert_currency,
)


@dataclass(frozen=True)
class Errand:
    """A question for an agent.

    Attributes:
        question: The user's message.
        calls: The name and the arguments of each expected call, in order.
        answer_has: The texts that the final answer must contain.
        at_once: Whether all calls are made in one turn.
    """

    question: str
    calls: tuple[tuple[str, Mapping[str, Any]], ...]
    answer_has: tuple[str, ...]
    at_once: bool = False

    @property
    def turns(self) -> int:
        """The number of requests in the agent's loop, including the one for the final answer."""
        return 2 if self.at_once else len(self.calls) + 1


ERRANDS: Final[Mapping[str, Errand]] = {
    "one tool": Errand(
        "What is the weather in Mumbai?",
        (("get_weather", {"city": "Mumbai"}),),
        ("31",),
    ),
    "one tool of several arguments": Errand(
        "Convert 250 USD to INR, please.",
        (("convert_currency", {"amount": 250, "source": "USD", "target": "INR"}),),
        ("22500",),
    ),
    "a chain that is asked for": Errand(
        "Which city is order A-1042 shipped to, and what is the weather there?",
        (("get_order_city", {"order_id": "A-1042"}), ("get_weather", {"city": "Pune"})),
        ("Pune", "27"),
    ),
    "a chain that is needed": Errand(
        "What is the balance of Asha Rao?",
        (("find_customer", {"name": "Asha Rao"}), ("get_balance", {"customer_id": "C-17"})),
        ("12450",),
    ),
    "parallel calls of one tool": Errand(
        "What is the weather in Mumbai and in Delhi?",
        (("get_weather", {"city": "Mumbai"}), ("get_weather", {"city": "Delhi"})),
        ("31", "38"),
        at_once=True,
    ),
    "parallel calls of two tools": Errand(
        "What is the weather in Delhi, and which city is order A-1042 shipped to?",
        (("get_weather", {"city": "Delhi"}), ("get_order_city", {"order_id": "A-1042"})),
        ("38", "Pune"),
        at_once=True,
    ),
}
