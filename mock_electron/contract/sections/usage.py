"""5. Usage."""

from typing import Final

from mock_electron.contract.checks import all_of, at, equal, keys, reading, satisfies
from mock_electron.contract.clause import Source
from mock_electron.contract.probe import Probe, body, token_estimate
from mock_electron.contract.section import Section
from mock_electron.contract.sections.probes import CUT_SHORT, HELLO, WEATHER, WEATHER_TOOL

SECTION: Final = Section(
    "5 Usage and the prefix cache", prefix="usage", documented_in=Source.CHAT_COMPLETIONS
)

BARE: Final = body(WEATHER, max_tokens=1)
TOOLS_COUNTED: Final = Probe(
    "the same prompt, without and with a tool",
    lambda session, _attempt: (
        session.ask(BARE),
        session.ask(BARE | {"tools": [WEATHER_TOOL], "tool_choice": "none"}),
    ),
    requests=2,
    tokens=2 * token_estimate(BARE) + 60,
)

COUNTS: Final = ("prompt_tokens", "completion_tokens", "total_tokens")
USAGE_KEYS: Final = keys(*COUNTS, "prompt_tokens_details")
DETAILS: Final = "usage.prompt_tokens_details"

# fmt: off
CLAUSES: Final = (
    SECTION.documented("keys",
        "A usage has the keys `prompt_tokens`, `completion_tokens`, `total_tokens` and "
        "`prompt_tokens_details`, in this order.",
        HELLO, at("usage", USAGE_KEYS)),
    SECTION.documented("total",
        "`total_tokens` is the sum of `prompt_tokens` and `completion_tokens`.",
        HELLO, reading(lambda response: [response.at(f"usage.{name}") for name in COUNTS],
                       satisfies("two numbers and their sum", lambda n: n[0] + n[1] == n[2]))),
    SECTION.documented("counts", "`prompt_tokens` and `completion_tokens` are above 0.",
        HELLO, reading(lambda response: [response.at(f"usage.{name}") for name in COUNTS[:2]],
                       satisfies("two integers above 0", lambda n: n[0] > 0 < n[1]))),
    SECTION.documented("tools", "`prompt_tokens` counts the definitions of the tools.",
        TOOLS_COUNTED,
        reading(lambda *replies: [reply.at("usage.prompt_tokens") for reply in replies],
                satisfies("a number, and a larger one", lambda n: n[0] < n[1])),
        source=Source.BEST_PRACTICES),
    SECTION.inferred("length",
        "A reply that reaches `max_tokens` has that many `completion_tokens`.",
        CUT_SHORT, at("usage.completion_tokens", equal(5))),
    SECTION.documented("cached", "`cached_tokens` is always present.",
        HELLO, all_of(
            at(DETAILS, keys("cached_tokens")),
            at(f"{DETAILS}.cached_tokens", satisfies(
                "an integer of at least 0", lambda count: type(count) is int and count >= 0))),
        source=Source.PREFIX_CACHING),
)
# fmt: on
