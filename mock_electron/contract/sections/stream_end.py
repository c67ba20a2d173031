"""4. Stream: its end, usage, stop strings, errors and log-probabilities."""

import re
from typing import Any, Final

from mock_electron.contract.checks import (
    absent,
    all_of,
    at,
    equal,
    every_chunk,
    keys,
    reading,
    satisfies,
    status,
)
from mock_electron.contract.clause import Source
from mock_electron.contract.probe import asks, body, refused
from mock_electron.contract.response import Response
from mock_electron.contract.response import at as value_at
from mock_electron.contract.sections.probes import HELLO_STREAMED, LONG_TEXT, SAME_TEXT
from mock_electron.contract.sections.reply import STOP_BODY
from mock_electron.contract.sections.stream import BOTH_WAYS, SECTION, STREAM
from mock_electron.contract.sections.usage import USAGE_KEYS
from mock_electron.contract.target import Need

STREAMED_LOGPROBS: Final = asks(
    "log-probabilities, streamed", body(max_tokens=12, logprobs=True, top_logprobs=2, stream=True)
)
STREAMED_STOP: Final = asks("a stop string, streamed", STOP_BODY | {"stream": True})
CONTINUOUS: Final = asks(
    "a stream with the usage so far",
    body(
        LONG_TEXT,
        max_tokens=24,
        stream=True,
        stream_options={"include_usage": True, "continuous_usage_stats": True},
    ),
)
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


def _choices(response: Response) -> list[Any]:
    """Return the first choice of each chunk that has one."""
    chunks = [chunk for chunk in response.chunks if chunk.get("choices")]
    return [value_at(chunk, "choices.0") for chunk in chunks]


def _finish_reasons(response: Response) -> list[Any]:
    return [reason for reason in response.deltas("finish_reason") if reason is not None]


def _count_usages(response: Response) -> int:
    return sum("usage" in chunk for chunk in response.chunks)


def _counts_so_far(response: Response) -> list[int]:
    """Return the number of generated tokens in the usage of each chunk."""
    return [chunk["usage"]["completion_tokens"] for chunk in response.chunks]


def _grow(counts: list[int]) -> bool:
    """Return whether counts start at 0, never decrease, and end above 0."""
    return counts[0] == 0 < counts[-1] and counts == sorted(counts)


def _last_usage(response: Response) -> Any:
    return response.chunks[-1]["usage"]


def _first_choice_with_words(response: Response) -> Any:
    return next(choice for choice in _choices(response) if value_at(choice, "delta.content"))


def _joined_tokens(response: Response) -> str:
    entries = [entry for each in response.deltas("logprobs.content") for entry in each]
    return "".join(entry["token"] for entry in entries)


def _lines_after_error(response: Response) -> list[str]:
    lines = [line for line in response.text.split("\n") if line]
    index = next(n for n, line in enumerate(lines) if line.startswith('data: {"error"'))
    return lines[index + 1 :]


def _error_event(response: Response) -> Any:
    return next(chunk["error"] for chunk in response.chunks if "error" in chunk)


WITHOUT_STOP: Final = satisfies(
    "a text that contains “two”, but not “three”, and does not end with a part of it",
    lambda text: "two" in text and "three" not in text and not re.search("th?r?e?$", text),
)

# fmt: off
CLAUSES: Final = (
    SECTION.documented("finish.once",
        "Exactly one chunk has a finish reason; `finish_reason` is null in all others.",
        HELLO_STREAMED, reading(_finish_reasons, equal(["stop"]))),
    SECTION.documented("finish.last", "The finish reason is in the last chunk with a choice.",
        HELLO_STREAMED, reading(lambda r: _choices(r)[-1]["finish_reason"], equal("stop"))),
    SECTION.inferred("finish.delta",
        "The chunk with the finish reason has an empty `delta`: OpenAI's helpers need the key.",
        HELLO_STREAMED, reading(lambda r: _choices(r)[-1]["delta"], equal({})),
        source=Source.CLIENTS),
    SECTION.documented("finish.length",
        "A stream that reaches `max_tokens` has the finish reason `length`.",
        STREAMED_LENGTH, reading(_finish_reasons, equal(["length"]))),
    SECTION.documented("usage.last",
        "With `include_usage`, the last chunk has the usage and an empty `choices`.",
        STREAM, all_of(
            reading(lambda r: r.chunks[-1]["choices"], equal([])),
            reading(_last_usage, satisfies("a usage", lambda usage: "total_tokens" in usage)))),
    SECTION.documented("usage.keys", "The usage of a stream has the keys of every usage.",
        STREAM, reading(_last_usage, USAGE_KEYS)),
    SECTION.documented("usage.once", "With `include_usage`, only one chunk has the key `usage`.",
        STREAM, reading(_count_usages,
                        satisfies("one chunk with a usage", lambda count: count == 1))),
    SECTION.documented("usage.absent", "Without `include_usage`, no chunk has a usage.",
        HELLO_STREAMED, every_chunk("usage", absent)),
    SECTION.inferred("usage.continuous",
        "With `continuous_usage_stats` and `include_usage`, each chunk has the usage so far.",
        CONTINUOUS, reading(_counts_so_far, satisfies(
            "counts that begin with 0 and grow", _grow)), source=Source.VLLM),
    SECTION.inferred("usage.continuous.last",
        "The last usage so far is the usage of the whole reply.",
        CONTINUOUS, reading(lambda r: [chunk["usage"] for chunk in r.chunks[-2:]], satisfies(
            "the same usage twice", lambda usages: usages[0] == usages[1])), source=Source.VLLM),
    SECTION.inferred("usage.same",
        "A stream has the same number of prompt tokens as the reply that is not streamed.",
        BOTH_WAYS, reading(
            lambda whole, streamed: [
                whole.at("usage.prompt_tokens"), _last_usage(streamed)["prompt_tokens"]],
            satisfies("the same number twice", lambda counts: counts[0] == counts[1] > 0)),
        source=Source.CHAT_COMPLETIONS),
    SECTION.inferred("logprobs",
        "`logprobs` is in each chunk with words, between `delta` and `finish_reason`.",
        STREAMED_LOGPROBS,
        reading(_first_choice_with_words, keys("index", "delta", "logprobs", "finish_reason"))),
    SECTION.inferred("logprobs.tokens",
        "The tokens of streamed log-probabilities, joined, are the words of the stream.",
        STREAMED_LOGPROBS, reading(lambda r: [_joined_tokens(r), r.streamed_text], SAME_TEXT)),
    SECTION.inferred("stop.withheld",
        "No part of a stop string is sent: text that may be the start of one is withheld.",
        STREAMED_STOP, reading(lambda response: response.streamed_text, WITHOUT_STOP)),
    SECTION.inferred("mistake",
        "An error before the first token is an ordinary response: 400 with JSON.",
        STREAMED_MISTAKE,
        all_of(status(400), at("error.message", equal("Invalid input data"))),
        source=Source.CHAT_COMPLETIONS),
    SECTION.assumed("error",
        "An error after the first token is an event with `error`: `message`, `type`, `request_id`.",
        ERROR_INSIDE, reading(_error_event, keys("message", "type", "request_id"))),
    SECTION.assumed("error.done", "After the event with an error, only `[DONE]` follows.",
        ERROR_INSIDE, reading(_lines_after_error, equal(["data: [DONE]"]))),
    SECTION.inferred("broken",
        "A stream that breaks off has neither a finish reason nor `[DONE]`.",
        BROKEN_OFF, all_of(
            status(200),
            reading(lambda response: "[DONE]" in response.text, equal(False)),
            reading(_finish_reasons, equal([]))), source=Source.CLIENTS),
)
# fmt: on
