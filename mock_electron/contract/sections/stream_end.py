"""4. Stream: how it ends: finish reason, usage, stop strings, errors; and log-probabilities."""

import re
from typing import Any, Final

from mock_electron.contract.checks import (
    absent,
    all_of,
    at,
    equal,
    every_chunk,
    holds,
    keys,
    of,
    status,
)
from mock_electron.contract.clause import ASSUMED, DOCUMENTED, INFERRED, Clause, Source
from mock_electron.contract.probe import asks, body, refused
from mock_electron.contract.response import Response
from mock_electron.contract.response import at as value_at
from mock_electron.contract.sections.probes import (
    HELLO_STREAMED,
    LONG_TEXT,
)
from mock_electron.contract.sections.reply import STOP_BODY
from mock_electron.contract.sections.stream import BOTH_WAYS, SECTION, STREAM
from mock_electron.contract.sections.usage import USAGE_KEYS
from mock_electron.contract.target import Need

STREAMED_LOGPROBS: Final = asks(
    "log-probabilities, streamed", body(max_tokens=12, logprobs=True, top_logprobs=2, stream=True)
)
STREAMED_STOP: Final = asks("a stop string, streamed", STOP_BODY | {"stream": True})
STREAMED_LENGTH: Final = asks(
    "cut short by max_tokens, streamed", body(LONG_TEXT, max_tokens=5, stream=True)
)
STREAMED_MISTAKE: Final = refused("n of 2, streamed", body(n=2, stream=True))
BROKEN_OFF: Final = asks(
    "a stream that breaks off",
    body(max_tokens=40, stream=True),
    faults="cut=3",
    needs=(Need.FAULTS,),
)
ERROR_INSIDE: Final = asks(
    "a stream with an error in it",
    body(max_tokens=40, stream=True),
    faults="error=3:503",
    needs=(Need.FAULTS,),
)


def _choice_chunks(response: Response) -> list[Any]:
    return [chunk for chunk in response.chunks if chunk.get("choices")]


def _choices(response: Response) -> list[Any]:
    return [value_at(chunk, "choices.0") for chunk in _choice_chunks(response)]


def _finish_reasons(response: Response) -> list[Any]:
    return [reason for reason in response.deltas("finish_reason") if reason is not None]


def _usages(response: Response) -> list[bool]:
    """For each chunk, whether it carries a usage."""
    return ["usage" in chunk for chunk in response.chunks]


def _last_chunk(response: Response) -> Any:
    return response.chunks[-1]


def _last_choice(response: Response) -> Any:
    return _choices(response)[-1]


def _choice_of_first_word(response: Response) -> Any:
    return next(choice for choice in _choices(response) if value_at(choice, "delta.content"))


def _events_after_the_error(response: Response) -> list[str]:
    lines = [line for line in response.text.split("\n") if line]
    index = next(n for n, line in enumerate(lines) if line.startswith('data: {"error"'))
    return lines[index + 1 :]


def _error_event(response: Response) -> Any:
    return next(chunk["error"] for chunk in response.chunks if "error" in chunk)


CLAUSES: Final = (
    Clause(
        "stream.finish.once",
        SECTION,
        "One chunk has the finish reason; it is null in all others.",
        DOCUMENTED,
        Source.STREAMING,
        HELLO_STREAMED,
        of(_finish_reasons, equal(["stop"])),
    ),
    Clause(
        "stream.finish.last",
        SECTION,
        "The finish reason stands in the last chunk that has a choice.",
        DOCUMENTED,
        Source.STREAMING,
        HELLO_STREAMED,
        of(lambda response: _last_choice(response)["finish_reason"], equal("stop")),
    ),
    Clause(
        "stream.finish.delta",
        SECTION,
        "The delta beside the finish reason is empty, but there: OpenAI's helpers need it.",
        INFERRED,
        Source.CLIENTS,
        HELLO_STREAMED,
        of(lambda response: _last_choice(response)["delta"], equal({})),
    ),
    Clause(
        "stream.finish.length",
        SECTION,
        "A stream that reaches max_tokens has the finish reason length.",
        DOCUMENTED,
        Source.STREAMING,
        STREAMED_LENGTH,
        of(_finish_reasons, equal(["length"])),
    ),
    Clause(
        "stream.usage.last",
        SECTION,
        "With include_usage the last chunk has the usage, and empty choices.",
        DOCUMENTED,
        Source.STREAMING,
        STREAM,
        all_of(
            of(lambda response: _last_chunk(response)["choices"], equal([])),
            of(
                lambda response: _last_chunk(response)["usage"],
                holds("a usage", lambda usage: "total_tokens" in usage),
            ),
        ),
    ),
    Clause(
        "stream.usage.keys",
        SECTION,
        "The usage of a stream has the keys of every usage.",
        DOCUMENTED,
        Source.STREAMING,
        STREAM,
        of(lambda response: _last_chunk(response)["usage"], USAGE_KEYS),
    ),
    Clause(
        "stream.usage.once",
        SECTION,
        "No other chunk has a key usage.",
        DOCUMENTED,
        Source.STREAMING,
        STREAM,
        of(
            lambda response: sum(_usages(response)),
            holds("one chunk with a usage", lambda count: count == 1),
        ),
    ),
    Clause(
        "stream.usage.absent",
        SECTION,
        "Without include_usage no chunk has a usage.",
        DOCUMENTED,
        Source.STREAMING,
        HELLO_STREAMED,
        every_chunk("usage", absent),
    ),
    Clause(
        "stream.usage.same",
        SECTION,
        "A stream counts the same prompt as a reply that is not streamed.",
        INFERRED,
        Source.CHAT_COMPLETIONS,
        BOTH_WAYS,
        of(
            lambda whole, streamed: [
                whole.at("usage.prompt_tokens"),
                _last_chunk(streamed)["usage"]["prompt_tokens"],
            ],
            holds("the same number twice", lambda counts: counts[0] == counts[1] > 0),
        ),
    ),
    Clause(
        "stream.logprobs",
        SECTION,
        "Log-probabilities stand in each chunk with words, between delta and finish_reason.",
        INFERRED,
        Source.VLLM,
        STREAMED_LOGPROBS,
        of(_choice_of_first_word, keys("index", "delta", "logprobs", "finish_reason")),
    ),
    Clause(
        "stream.logprobs.tokens",
        SECTION,
        "The tokens of streamed log-probabilities joined are the words of the stream.",
        INFERRED,
        Source.VLLM,
        STREAMED_LOGPROBS,
        of(
            lambda response: [
                "".join(
                    entry["token"]
                    for entries in response.deltas("logprobs.content")
                    for entry in entries
                ),
                response.streamed_text,
            ],
            holds("the same text twice", lambda texts: texts[0] == texts[1] != ""),
        ),
    ),
    Clause(
        "stream.stop.withheld",
        SECTION,
        "No part of a stop string is sent: what may become one is withheld.",
        INFERRED,
        Source.VLLM,
        STREAMED_STOP,
        of(
            lambda response: response.streamed_text,
            holds(
                "a text with “two” in it, but not “three”, and without “th” at its end",
                lambda text: (
                    "two" in text and "three" not in text and not re.search("th?r?e?$", text)
                ),
            ),
        ),
    ),
    Clause(
        "stream.mistake",
        SECTION,
        "An error before the first token is an ordinary answer: 400 and JSON.",
        INFERRED,
        Source.CHAT_COMPLETIONS,
        STREAMED_MISTAKE,
        all_of(status(400), at("error.message", equal("Invalid input data"))),
    ),
    Clause(
        "stream.error",
        SECTION,
        "An error after the first token is an event with error: message, type, request_id.",
        ASSUMED,
        Source.CHOICE,
        ERROR_INSIDE,
        of(_error_event, keys("message", "type", "request_id")),
    ),
    Clause(
        "stream.error.done",
        SECTION,
        "After the event with an error comes [DONE], and nothing else.",
        ASSUMED,
        Source.CHOICE,
        ERROR_INSIDE,
        of(_events_after_the_error, equal(["data: [DONE]"])),
    ),
    Clause(
        "stream.broken",
        SECTION,
        "A stream that breaks off has neither a finish reason nor [DONE].",
        INFERRED,
        Source.CLIENTS,
        BROKEN_OFF,
        all_of(
            status(200),
            of(lambda response: "[DONE]" in response.text, equal(False)),
            of(_finish_reasons, equal([])),
        ),
    ),
)
