"""5. Usage."""

from typing import Final

from mock_electron.contract.checks import all_of, at, equal, holds, keys, of
from mock_electron.contract.clause import DOCUMENTED, INFERRED, Clause, Source
from mock_electron.contract.probe import Probe, body, cost
from mock_electron.contract.sections.probes import (
    CUT_SHORT,
    HELLO,
    WEATHER,
    WEATHER_TOOL,
)

SECTION: Final = "5 Usage and the prefix cache"

BARE: Final = body(WEATHER, max_tokens=1)
TOOLS_COUNTED: Final = Probe(
    "the same prompt, without and with a tool",
    lambda session, _attempt: (
        session.ask(BARE),
        session.ask(BARE | {"tools": [WEATHER_TOOL], "tool_choice": "none"}),
    ),
    requests=2,
    tokens=2 * cost(BARE) + 60,
)

COUNTS: Final = ("prompt_tokens", "completion_tokens", "total_tokens")
USAGE_KEYS: Final = keys(*COUNTS, "prompt_tokens_details")

CLAUSES: Final = (
    Clause(
        "usage.keys",
        SECTION,
        "The keys of a usage are prompt_tokens, completion_tokens, total_tokens and "
        "prompt_tokens_details, in this order.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        at("usage", USAGE_KEYS),
    ),
    Clause(
        "usage.total",
        SECTION,
        "total_tokens is the sum of prompt_tokens and completion_tokens.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        of(
            lambda response: [response.at(f"usage.{name}") for name in COUNTS],
            holds("two numbers and their sum", lambda n: n[0] + n[1] == n[2]),
        ),
    ),
    Clause(
        "usage.counts",
        SECTION,
        "A prompt and a reply have tokens.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        of(
            lambda response: [response.at(f"usage.{name}") for name in COUNTS[:2]],
            holds("two whole numbers above 0", lambda n: n[0] > 0 < n[1]),
        ),
    ),
    Clause(
        "usage.tools",
        SECTION,
        "prompt_tokens counts the definitions of the tools.",
        DOCUMENTED,
        Source.BEST_PRACTICES,
        TOOLS_COUNTED,
        of(
            lambda bare, with_tool: [
                bare.at("usage.prompt_tokens"),
                with_tool.at("usage.prompt_tokens"),
            ],
            holds("a number, and a larger one", lambda n: n[0] < n[1]),
        ),
    ),
    Clause(
        "usage.length",
        SECTION,
        "A reply that max_tokens cuts short has as many completion_tokens.",
        INFERRED,
        Source.VLLM,
        CUT_SHORT,
        at("usage.completion_tokens", equal(5)),
    ),
    Clause(
        "usage.cached",
        SECTION,
        "cached_tokens is always there.",
        DOCUMENTED,
        Source.PREFIX_CACHING,
        HELLO,
        all_of(
            at("usage.prompt_tokens_details", keys("cached_tokens")),
            at(
                "usage.prompt_tokens_details.cached_tokens",
                holds("a whole number", lambda count: type(count) is int and count >= 0),
            ),
        ),
    ),
)
