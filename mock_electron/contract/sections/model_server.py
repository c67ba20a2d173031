"""2. Request body: what the model server behind the gateway refuses, without `details`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mock_electron.contract.checks import absent, all_of, at, equal, holds, keys, of, status
from mock_electron.contract.clause import (
    ASSUMED,
    DOCUMENTED,
    INFERRED,
    Clause,
    Confidence,
    Source,
)
from mock_electron.contract.probe import body, refused, sends
from mock_electron.contract.sections.probes import TOO_LONG, WEATHER_TOOL
from mock_electron.contract.sections.validation import SECTION


@dataclass(frozen=True, slots=True)
class Objection:
    """A body that the schema accepts and the model server does not."""

    id: str
    sentence: str
    asked: Any
    known: Confidence = INFERRED
    source: Source = Source.VLLM


NAMED: Final = {"type": "function", "function": {"name": "get_time"}}

OBJECTIONS: Final = (
    Objection(
        "stream_options",
        "stream_options without stream: true",
        body(stream_options={"include_usage": True}),
    ),
    Objection("stop.empty", "An empty stop string", body(stop="")),
    Objection(
        "tools.empty",
        "An empty array of tools (the vendor says to leave the field out)",
        body(tools=[]),
    ),
    Objection(
        "tool.name",
        "A tool's name outside ^[a-zA-Z0-9_-]{1,64}$",
        body(tools=[{"type": "function", "function": {"name": "get weather"}}]),
        known=ASSUMED,
        source=Source.TOOL_CALLING,
    ),
    Objection(
        "tool_choice.alone",
        "tool_choice without tools",
        body(tool_choice="auto"),
    ),
    Objection(
        "tool_choice.unknown",
        "tool_choice with the name of a tool that is not there",
        body(tools=[WEATHER_TOOL], tool_choice=NAMED),
    ),
    Objection(
        "top_logprobs.alone",
        "top_logprobs without logprobs: true",
        body(top_logprobs=2),
        source=Source.SUPPORTED_PARAMETERS,
    ),
)


PROBES: Final = {
    objection.id: refused(f"objection: {objection.id}", objection.asked) for objection in OBJECTIONS
}


def _clauses() -> Iterator[Clause]:
    for objection in OBJECTIONS:
        yield Clause(
            f"request.model_server.{objection.id}",
            SECTION,
            f"{objection.sentence}: 400.",
            objection.known,
            objection.source,
            PROBES[objection.id],
            status(400),
        )


MALFORMED: Final = sends("malformed JSON", "POST", "/chat/completions", b'{"model": "electron",')
UNTYPED_TOOL: Final = refused(
    "a tool without a type", body(tools=[{"name": "ping"}], tool_choice="none", max_tokens=1)
)
WITHOUT_DETAILS: Final = at("error", keys("message", "type", "request_id"))


CLAUSES: Final = (
    *_clauses(),
    Clause(
        "request.model_server.envelope",
        SECTION,
        "What the model server refuses comes in the same envelope, without details.",
        INFERRED,
        Source.VLLM,
        PROBES["tool_choice.alone"],
        all_of(at("error.type", equal("invalid_request_error")), WITHOUT_DETAILS),
    ),
    Clause(
        "request.malformed",
        SECTION,
        "Malformed JSON: 400.",
        INFERRED,
        Source.EXPRESS,
        MALFORMED,
        status(400),
    ),
    Clause(
        "request.malformed.envelope",
        SECTION,
        "Malformed JSON is refused without details.",
        INFERRED,
        Source.EXPRESS,
        MALFORMED,
        all_of(at("error.type", equal("invalid_request_error")), WITHOUT_DETAILS),
    ),
    Clause(
        "request.tools.unchecked",
        SECTION,
        "The inside of a tool is no affair of the gateway's schema: no details name it.",
        DOCUMENTED,
        Source.API_REFERENCE,
        UNTYPED_TOOL,
        all_of(status(200, 400), of(lambda response: response.at("error.details"), absent)),
    ),
    Clause(
        "request.context.envelope",
        SECTION,
        "A prompt beyond the context is refused without details.",
        INFERRED,
        Source.VLLM,
        TOO_LONG,
        all_of(at("error.type", equal("invalid_request_error")), WITHOUT_DETAILS),
    ),
    Clause(
        "request.context.message",
        SECTION,
        "The message names the limit of 32768, and how many tokens were asked for.",
        ASSUMED,
        Source.CHOICE,
        TOO_LONG,
        at(
            "error.message",
            holds(
                "a message with 32768 and a larger number in it",
                lambda text: "32768" in text.replace(",", "") and _names_more(text),
            ),
        ),
    ),
)


def _names_more(text: str) -> bool:
    """Whether a number beyond the context's size stands in a text."""
    words = "".join(c if c.isdigit() else " " for c in text.replace(",", "")).split()
    return any(int(word) > 32_768 for word in words)
