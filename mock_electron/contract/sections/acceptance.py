"""2. Request body: what is accepted."""

import json
from dataclasses import dataclass
from typing import Any, Final

from mock_electron.contract.checks import all_of, at, equal, length, of, status
from mock_electron.contract.clause import (
    ASSUMED,
    DOCUMENTED,
    INFERRED,
    Check,
    Clause,
    Confidence,
    Source,
)
from mock_electron.contract.probe import Probe, asks, body, user
from mock_electron.contract.sections.probes import LONG_TEXT, WEATHER_TOOL
from mock_electron.contract.sections.validation import SECTION
from mock_electron.contract.sections.violations import with_call

ANSWERED: Final = all_of(status(200), at("choices", length(1)))


@dataclass(frozen=True, slots=True)
class Accepted:
    """A body that is answered. id, sentence, known, source: of its clause."""

    id: str
    sentence: str
    asked: Any
    known: Confidence = DOCUMENTED
    source: Source = Source.CHAT_COMPLETIONS


def tool(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name}}


EVERY_FIELD: Final = body(
    "Hi",
    temperature=0.5,
    top_p=0.9,
    max_tokens=8,
    stop=["END", "STOP", "HALT", "DONE"],
    seed=7,
    response_format={"type": "text"},
    logit_bias={"50256": -100},
    logprobs=False,
    presence_penalty=0.5,
    frequency_penalty=-0.5,
    user="user-1",
    n=1,
)
EVERY_ROLE: Final = [
    {"role": "system", "content": "Be brief."},
    user("What is the weather in Mumbai?"),
    *with_call()["messages"][1:],
]
REPLY_AS_HISTORY: Final = {"role": "assistant", "content": "Hello!", "tool_calls": None}

ACCEPTED: Final = (
    Accepted(
        "every_field",
        "Every documented field is accepted.",
        EVERY_FIELD,
        source=Source.SUPPORTED_PARAMETERS,
    ),
    Accepted(
        "every_role",
        "A conversation of all four roles is accepted.",
        body(messages=EVERY_ROLE, max_tokens=8),
    ),
    Accepted(
        "messages.most",
        "200 messages are accepted.",
        body(messages=[user("Hi")] * 200, max_tokens=1),
    ),
    Accepted(
        "tools.most",
        "64 tools are accepted.",
        body("Hi", tools=[tool(f"tool_{n}") for n in range(64)], tool_choice="none", max_tokens=1),
        source=Source.TOOL_CALLING,
    ),
    Accepted(
        "content.null",
        "Content may be null.",
        body(messages=[user("Hi"), {"role": "assistant", "content": None}, user("Hi")])
        | {"max_tokens": 1},
        source=Source.API_REFERENCE,
    ),
    Accepted(
        "content.absent",
        "Content may be absent.",
        with_call() | {"max_tokens": 1},
        source=Source.API_REFERENCE,
    ),
    Accepted(
        "content.parts",
        "Content may be an array of text parts.",
        body(
            messages=[{"role": "user", "content": [{"type": "text", "text": "Hi"}]}], max_tokens=1
        ),
        known=ASSUMED,
        source=Source.CHOICE,
    ),
    Accepted(
        "reply_as_history",
        "A reply may be sent back as history, its tool_calls of null too.",
        body(messages=[user("Hi"), REPLY_AS_HISTORY, user("Hi")], max_tokens=1),
        known=ASSUMED,
        source=Source.CLIENTS,
    ),
    Accepted(
        "tool_call_id.unknown",
        "A tool_call_id is not matched against earlier calls.",
        body(
            messages=[user("Hi"), {"role": "tool", "tool_call_id": "other", "content": "31"}],
            max_tokens=1,
        ),
        known=INFERRED,
        source=Source.VLLM,
    ),
    Accepted(
        "temperature.high",
        "A temperature above 2 is accepted: the guide, which calls itself authoritative, "
        "gives no maximum.",
        body(temperature=2.5, max_tokens=1),
        source=Source.SUPPORTED_PARAMETERS,
    ),
    Accepted(
        "unknown_key",
        "A field that is not known is accepted.",
        body("Hi", store=False, metadata={"trace": "1"}, something_new=1, max_tokens=1),
        source=Source.SUPPORTED_PARAMETERS,
    ),
    Accepted(
        "unknown_key.deep",
        "Unknown fields are accepted in messages and in tools too.",
        body(
            messages=[user("Hi") | {"name": "asha"}],
            tools=[{**WEATHER_TOOL, "function": {**WEATHER_TOOL["function"], "strict": False}}],
            tool_choice="none",
            max_tokens=1,
        ),
        source=Source.SUPPORTED_PARAMETERS,
    ),
)


def _clause(accepted: Accepted) -> Clause:
    probe = asks(f"accepted: {accepted.id}", accepted.asked)
    return _from_probe(accepted.id, accepted.sentence, accepted.known, accepted.source, probe)


def _from_probe(
    about: str,
    sentence: str,
    known: Confidence,
    source: Source,
    probe: Probe,
    check: Check = ANSWERED,
) -> Clause:
    return Clause(f"request.accepts.{about}", SECTION, sentence, known, source, probe, check)


def _sent_as_text(text: str, **headers: str) -> Probe:
    """A probe of a body as it is written here; Python would write it in another way."""
    return Probe(
        f"sent as text: {text[:20]} {headers}",
        lambda session, _: (
            session.send("POST", "/chat/completions", text.encode(), headers=headers),
        ),
        tokens=30,
    )


WHOLE_FLOAT: Final = _sent_as_text(json.dumps(body("Hi", max_tokens=2)).replace(": 2}", ": 2.0}"))
WITH_CHARSET: Final = _sent_as_text(
    json.dumps(body("Hi", max_tokens=1)), **{"Content-Type": "application/json; charset=utf-8"}
)
BOTH_LIMITS: Final = asks(
    "max_completion_tokens beside max_tokens",
    body(LONG_TEXT, max_tokens=9, max_completion_tokens=4),
)

CLAUSES: Final = (
    *map(_clause, ACCEPTED),
    _from_probe(
        "whole_float",
        "2.0 is a whole number.",
        INFERRED,
        Source.ZOD,
        WHOLE_FLOAT,
    ),
    _from_probe(
        "charset",
        "The media type of the body may name a charset.",
        INFERRED,
        Source.EXPRESS,
        WITH_CHARSET,
    ),
    Clause(
        "request.max_completion_tokens",
        SECTION,
        "max_completion_tokens is honoured, and wins over max_tokens.",
        INFERRED,
        Source.VLLM,
        BOTH_LIMITS,
        all_of(
            at("choices.0.finish_reason", equal("length")),
            of(lambda response: response.at("usage.completion_tokens"), equal(4)),
        ),
    ),
)
