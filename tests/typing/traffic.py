"""The types of exchanges, filters and assertions, for type checkers. This file is not run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, assert_type

from mock_electron import (
    Alternative,
    ApiError,
    CacheMiss,
    ChatRequest,
    Draft,
    Electron,
    Exchange,
    Exchanges,
    Explanation,
    FinishReason,
    JournalError,
    LateRequestWarning,
    Outcome,
    Rates,
    Reply,
    Settings,
    StillInFlightError,
    TokenLogprob,
    ToolCall,
    Turn,
    Turns,
    UnansweredWhenWarning,
    Usage,
    WhatIf,
    faults,
    read_journal,
)
from mock_electron.audit import Audit, Finding
from mock_electron.engine.clock import Times
from mock_electron.engine.script.step import Step


def reading(electron: Electron) -> int:
    """The journal can be read with and without waiting."""
    try:
        assert_type(electron.exchanges, Exchanges)
    except StillInFlightError:
        assert_type(electron.exchanges_so_far, Exchanges)
    assert_type(electron.other_requests, Exchanges)
    assert_type(electron.peak_in_flight, int)
    return len(electron.exchanges)


def as_a_sequence(exchanges: Exchanges) -> Sequence[Exchange]:
    """Exchanges are a sequence, and a slice of them has filters too."""
    assert_type(exchanges[0], Exchange)
    assert_type(exchanges[-3:], Exchanges)
    assert_type(exchanges[1:].failed, Exchanges)
    assert_type(iter(exchanges), Iterator[Exchange])
    assert_type([exchange.status for exchange in exchanges], list[int])
    assert_type(exchanges.count(exchanges[0]), int)
    assert_type(exchanges.index(exchanges[0]), int)
    assert_type(exchanges.dropped, int)
    assert_type(exchanges.url, str)
    assert_type(exchanges.settings, Settings)
    assert_type(exchanges.others, tuple[Exchange, ...])
    assert_type(exchanges.with_others, Exchanges)
    first, *_rest = exchanges
    assert_type(first, Exchange)
    return exchanges


def filters(exchanges: Exchanges) -> None:
    """Filters can be combined, and end in one exchange, texts or a length."""
    assert_type(exchanges.failed, Exchanges)
    assert_type(exchanges.last, Exchange)
    assert_type(exchanges.texts, list[str])
    assert_type(exchanges.where(), Exchanges)
    assert_type(exchanges.where(tool="get_weather").failed.last.status, int)
    exchanges.where(says="weather", system=re.compile("kind"), anywhere="Mumbai", turn=2)
    exchanges.where(tools=["get_weather"], after_tool="get_weather", tool_result="31")
    exchanges.where(stream=True, headers={"x-trace": "7"}, api_key="sk_mock")
    exchanges.where(parameters={"temperature": 0}, text=re.compile("31"), status=503)
    exchanges.where(error="concurrency", outcome="client left", answered_by="step 2")
    exchanges.where(step=2, attempt=1)
    exchanges.where(lambda exchange: exchange.status == 503, attempt=2)
    exchanges.where(is_slow)


def is_slow(exchange: Exchange) -> bool:
    return (exchange.duration or 0.0) > 1


def exports(exchanges: Exchanges, folder: Path) -> None:
    """Exports are text or files."""
    assert_type(exchanges.json_lines(), str)
    assert_type(exchanges.har(), str)
    assert_type(exchanges.script(), str)
    assert_type(exchanges.save("fixtures/story.yaml"), None)
    exchanges.save(folder / "story.har")


def attributes_of_an_exchange(exchange: Exchange) -> None:
    """Every attribute of an exchange has a type."""
    assert_type(exchange.number, int)
    assert_type(exchange.method, str)
    assert_type(exchange.path, str)
    assert_type(exchange.authorization, str)
    assert_type(exchange.account, str)
    assert_type(exchange.fingerprint, bytes)
    assert_type(exchange.body, bytes)
    assert_type(exchange.understood, bool)
    assert_type(exchange.is_chat, bool)
    assert_type(exchange.request, ChatRequest | None)
    assert_type(exchange.chat_request, ChatRequest)
    assert_type(exchange.turn, int | None)
    assert_type(exchange.headers, Mapping[str, str])
    assert_type(exchange.raw_headers, tuple[tuple[bytes, bytes], ...])

    assert_type(exchange.status, int)
    assert_type(exchange.request_id, str)
    assert_type(exchange.reply, Reply | None)
    assert_type(exchange.text, str | None)
    assert_type(exchange.usage, Usage | None)
    assert_type(exchange.chat_reply, Reply)
    assert_type(exchange.chat_usage, Usage)
    assert_type(exchange.error, ApiError | None)
    assert_type(exchange.answered_by, str)
    assert_type(exchange.step, int | None)
    assert_type(exchange.scripted, Step | None)
    assert_type(exchange.raised, str)
    assert_type(exchange.faults, tuple[faults.Fault, ...])
    assert_type(exchange.fault_note, str)
    assert_type(exchange.response_headers, Mapping[str, str])
    assert_type(exchange.raw_response_headers, tuple[tuple[bytes, bytes], ...])
    assert_type(exchange.response_body, bytes)
    assert_type(exchange.frames, tuple[bytes, ...])

    assert_type(exchange.occurrence, int)
    assert_type(exchange.attempt, int)
    assert_type(exchange.pause, float | None)
    assert_type(exchange.clock_pause, float | None)
    assert_type(exchange.asked_pause, int | None)
    assert_type(exchange.connection, int | None)
    assert_type(exchange.too_early, bool)
    assert_type(exchange.retry_of, int | None)
    assert_type(exchange.generated, Reply | None)
    assert_type(exchange.draft, Draft | None)
    assert_type(exchange.title, str)
    assert_type(exchange.to_dict(), dict[str, Any])
    assert_type(exchange.chunk_tokens, int)
    assert_type(exchange.key_id, str)
    assert_type(exchange.failed, bool)
    assert_type(exchange.outcome, Outcome)
    assert_type(exchange.chunks, int)
    assert_type(exchange.chunks_sent, int)
    assert_type(exchange.chunks_left, int)

    assert_type(exchange.arrived_at, float)
    assert_type(exchange.first_chunk_at, float | None)
    assert_type(exchange.last_chunk_at, float | None)
    assert_type(exchange.ended_at, float | None)
    assert_type(exchange.monotonic, Times)
    assert_type(exchange.monotonic.first_chunk, float | None)
    assert_type(exchange.chunk_times, tuple[float, ...])
    assert_type(exchange.chunk_offsets, tuple[float, ...])
    assert_type(exchange.schedule, tuple[float, ...])
    assert_type(exchange.time_to_first_chunk, float | None)
    assert_type(exchange.duration, float | None)


def reply_or_error(exchange: Exchange) -> None:
    """An `if` or an `assert` narrows the answer to a reply or an error."""
    if exchange.reply is not None:
        assert_type(exchange.reply.content, str | None)
        assert_type(exchange.reply.finish_reason, FinishReason)
        assert_type(exchange.reply.tool_calls, tuple[ToolCall, ...])
        assert_type(exchange.reply.logprobs, tuple[TokenLogprob, ...] | None)
        for entry in exchange.reply.logprobs or ():
            assert_type(entry.top, tuple[Alternative, ...])
        assert_type([one.arguments for one in exchange.reply.tool_calls], list[str])
    if exchange.error is not None:
        assert_type(exchange.error.type, str)
        assert_type(exchange.error.message, str)
        assert_type(exchange.error.retry_after, int | None)
    usage = exchange.usage
    assert usage is not None
    assert_type(usage.prompt_tokens + usage.completion_tokens + usage.cached_tokens, int)
    assert_type(usage.total_tokens, int)


def assertions(electron: Electron) -> None:
    """Every assertion accepts its arguments."""
    assert_type(electron.assert_called(), None)
    electron.assert_called(times=2, says="weather", status=200)
    electron.assert_called(is_slow, times=1)
    assert_type(electron.assert_all_used(), None)
    assert_type(electron.assert_scripted(), None)
    assert_type(electron.assert_strict(), None)
    assert_type(electron.assert_retried(503), None)
    electron.assert_retried("concurrency", 2, min_pause=0.25)
    electron.assert_retried(503, times=2)
    assert_type(electron.assert_peak_in_flight(at_most=3), None)
    assert_type(electron.barge_in(), None)
    assert_type(electron.assert_cancelled(), None)
    electron.assert_cancelled(is_slow, within_chunks=2, turn=1)
    assert_type(electron.assert_tool_results_answered(), None)
    assert_type(electron.assert_cache_hit_rate(at_least=0.8), None)
    electron.assert_cache_hit_rate(is_slow, at_least=1, turn=2)


def a_cache_miss(electron: Electron) -> str:
    """A cache miss says why a prompt was not cached."""
    miss = electron.explain_miss(1)
    assert_type(miss, CacheMiss | None)
    if miss is None:
        return ""
    assert_type(miss.reason, Literal["differs", "forgotten"])
    assert_type(miss.earlier, int)
    assert_type(miss.message, int | None)
    assert_type(miss.character, int)
    assert_type(miss.then, str)
    assert_type(miss.now, str)
    assert_type(miss.lost_tokens, int)
    return str(miss)


def an_audit(electron: Electron) -> None:
    """An audit is a sequence of findings."""
    audit = electron.audit(levels={"seed": "off"}, logs="")
    assert_type(audit, Audit)
    assert_type(audit[0], Finding)
    assert_type(audit.verdicts["seed"].unseen, tuple[str, ...])
    audit.assert_clean(ignore={"seed": "we compare providers"})


def turns(electron: Electron) -> None:
    """A turn has the times of what its user heard."""
    assert_type(electron.turns, Turns)
    turn = electron.turns[0]
    assert_type(turn, Turn)
    assert_type(turn.first_content, float | None)
    assert_type(turn.tools[0].called, float)
    assert_type(turn.silences[0].duration, float)
    electron.assert_silence(at_most=0.7)


def a_journal_file() -> Exchanges:
    """A journal file has the exchanges of each lane."""
    try:
        lanes = read_journal("exchanges.jsonl")
    except JournalError as error:
        assert_type(error.line, int)
        raise
    assert_type(lanes["default"], Exchanges)
    return lanes["default"]


def another_world(exchanges: Exchanges) -> str:
    """Both worlds have exchanges with filters."""
    result = exchanges.what_if(plan="50/2", pace="p95", max_tokens=60)
    assert_type(result, WhatIf[Exchanges])
    assert_type(result.after.exchanges.where(status=429), Exchanges)
    assert_type(result.after.refused, tuple[int, ...])
    assert_type(result.before.ttft_p95, float | None)
    assert_type(result.differences[0].after, Exchange)
    return str(result)


def prices() -> float:
    """Rates are prices for the tokens of a usage."""
    return Rates(input=0.4, cached=0.1, output=1.6, currency="USD").cost(Usage(1, 1))


def an_explanation(electron: Electron) -> str:
    """An explanation says why the pocket model replied as it did."""
    found = electron.explain()
    assert_type(found, Explanation)
    assert_type(electron.explain(0).text, str)
    assert_type(found.acts, tuple[str, ...])
    assert_type(found.tools, tuple[tuple[str, int], ...])
    assert_type(found.enough, int)
    assert_type(found.arguments[0].value, Any)
    assert_type(found.missing, tuple[str, ...])
    assert_type(found.invented, tuple[str, ...])
    assert_type(found.lines, tuple[str, ...])
    return found.reason


def categories_of_warnings() -> tuple[type[UserWarning], ...]:
    """Filters of warnings name these classes."""
    return LateRequestWarning, UnansweredWhenWarning
