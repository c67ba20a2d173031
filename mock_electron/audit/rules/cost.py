"""`cost`: replies without a bound, runaway tools, and prompts that grow or repeat what is large.

1. A bound is loose if the longest of several replies used only a small part of it.
2. A row of tool calls is counted from the user's last word.
3. Tokens are those of the usage.
4. A reply that did not arrive was not cut by its bound.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import (
    Finding,
    Repair,
    Saving,
    Severity,
    Verdict,
    judged,
    not_applicable,
)
from mock_electron.audit.rule import Rule
from mock_electron.audit.savings import spent_by
from mock_electron.audit.sent_again import sent_again
from mock_electron.audit.tool_rounds import tool_rows
from mock_electron.engine.exchange import Exchange
from mock_electron.inputs.spelling import shortened
from mock_electron.model.completion import CONTEXT_TOKENS
from mock_electron.outputs.redaction import redact_message
from mock_electron.traffic.lines import counted
from mock_electron.wire.request import ChatRequest

PRACTICE: Final = (  # D: best practices
    "max_tokens caps output cost. Set it to the smallest value that still lets the model finish "
    "naturally. For agent workflows, bound tool-call chains."
)
BOUND: Final = Repair(
    "Set max_tokens to what a spoken answer needs.",
    'client.chat.completions.create(model="electron", messages=messages, max_tokens={most})',
)
LONGER: Final = Repair(
    "Raise max_tokens, or ask for shorter answers in the system prompt.",
    'SYSTEM = "Answer in one or two short sentences."',
)
STOP: Final = Repair(
    "Bound the tool calls of a turn, and answer with what is known.",
    "for _ in range(5):\n"
    "    message = ask(messages)\n"
    "    if not message.tool_calls:\n"
    "        break\n"
    "    messages += [message, *run(message.tool_calls)]",
)
CAP: Final = Repair(
    "Keep the system prompt and the latest turns.",
    "messages = [messages[0], *messages[-20:]]  # begin with a user's message",
)
SUMMARISE: Final = Repair(
    "Send a large result once; keep only what later turns need.",
    'message["content"] = summary(message["content"])  # after the answer to it',
)
Valid = Sequence[tuple[Exchange, ChatRequest]]


def check(seen: Evidence) -> Verdict:
    """Find what costs more than it should."""
    if not seen.valid:
        return not_applicable("no valid request")
    findings = [
        *_unbounded(seen),
        *_loose(seen),
        *_cut(seen),
        *_runaway(seen),
        *_growing(seen),
        *_large_results(seen),
        *_nearly_full(seen),
    ]
    return judged(findings, counted(len(seen.valid), "request"))


def _unbounded(seen: Evidence) -> Iterator[Finding]:
    without = [one for one, request in seen.valid if request.max_tokens is None]
    if without:
        longest = max((one.usage.completion_tokens for one in without if one.usage), default=0)
        took = f"; the longest one took {longest}" if longest else ""
        reason = (
            f"{counted(len(without), 'request')} without max_tokens: a reply may take all that is "
            f"left of {CONTEXT_TOKENS} tokens{took}"
        )
        repair = _bound(longest)
        yield _finding("no-max-tokens", "low", "Replies without a bound", reason, without, repair)


def _bound(longest: int) -> Repair:
    """Return the repair with a bound that leaves room above the longest reply."""
    most = max(50, -(-longest * 2 // 50) * 50)
    return Repair(BOUND.words, BOUND.snippet.format(most=most))


def _loose(seen: Evidence) -> Iterator[Finding]:
    """Find bounds of which no reply used a considerable part; rule 1."""
    limits = seen.thresholds
    bounded: dict[int, list[Exchange]] = {}
    for one, request in seen.valid:
        if request.max_tokens is not None and one.usage and one.outcome == "complete":
            bounded.setdefault(request.max_tokens, []).append(one)
    for most, replies in sorted(bounded.items()):
        longest = max(one.usage.completion_tokens for one in replies if one.usage)
        is_loose = most > limits.cost_loose_tokens and longest * limits.cost_loose_ratio < most
        if is_loose and len(replies) >= limits.cost_loose_replies:
            replied = f"the longest of {len(replies)} replies took {longest} tokens"
            reason = f"max_tokens is {most}, and {replied}"
            title = "max_tokens far above what is used"
            yield _finding("loose", "low", title, reason, replies, _bound(longest), str(most))


def _cut(seen: Evidence) -> Iterator[Finding]:
    cut = [one for one, _ in seen.valid if _is_cut(one)]
    if cut:
        reason = f"{counted(len(cut), 'reply', 'replies')} ended in the middle, with `length`"
        yield _finding("length", "medium", "Replies cut by max_tokens", reason, cut, LONGER)


def _is_cut(exchange: Exchange) -> bool:
    """Return whether the client got a reply that its bound has cut; rule 4."""
    reply = exchange.reply
    arrived = exchange.outcome == "complete"
    return arrived and reply is not None and reply.finish_reason == "length"


def _runaway(seen: Evidence) -> Iterator[Finding]:
    """Find rows of tool calls that are long, or in which one call is repeated; rule 2."""
    limits = seen.thresholds
    long: list[Exchange] = []
    most = 0
    repeated: dict[str, list[tuple[str, tuple[Exchange, ...]]]] = {}
    for row in tool_rows(seen):
        again = row.repeated
        if again is not None and len(again[1]) >= limits.cost_same_call:
            repeated.setdefault(again[0].partition("(")[0], []).append(again)
        elif len(row.exchanges) > limits.cost_tool_turns:
            long += row.exchanges
            most = max(most, len(row.exchanges))
    for name, rows in sorted(repeated.items()):
        call, often = max(rows, key=lambda row: len(row[1]))
        shown = shortened(redact_message(call), MOST_SHOWN)
        reason = (
            f"{shown} was called {len(often)} times with the same result, without a word of the "
            "user in between"
        )
        found = _in_order(one for _, row in rows for one in row)
        savings = _all_of(_in_order(one for _, row in rows for one in row[1:] if _is_single(one)))
        title = "The same call again and again"
        yield _finding("same-call", "medium", title, reason, found, STOP, name, savings)
    if long:
        reason = f"{most} tool turns in a row; {limits.cost_tool_turns} are allowed"
        yield _finding("tool-turns", "medium", "Too many tool turns", reason, long, STOP)


MOST_SHOWN: Final = 80
"""The number of characters of a call that a reason shows."""


def _in_order(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Return exchanges in order of arrival, each once."""
    return [one for _, one in sorted({one.number: one for one in exchanges}.items())]


def _is_single(exchange: Exchange) -> bool:
    """Return whether a reply has only one call: without it, the request was not needed."""
    return len(exchange.chat_reply.tool_calls) == 1


def _all_of(exchanges: Sequence[Exchange]) -> tuple[Saving, ...]:
    """Return the savings if these requests had not been made."""
    spent = spent_by(exchanges)
    return tuple(Saving(number, kind, count) for (number, kind), count in spent.items() if count)


def _growing(seen: Evidence) -> Iterator[Finding]:
    """Find conversations whose history only grows."""
    most = seen.thresholds.cost_history_messages
    grown: list[Exchange] = []
    total = 0
    for conversation in seen.conversations.all:
        sizes = [_size(seen, one) for one in conversation.exchanges]
        if max(sizes) > most and all(a <= b for a, b in pairwise(sizes)):
            sized = zip(conversation.exchanges, sizes, strict=True)
            long = [one for one, size in sized if size > most]
            grown += long
            total += sum(one.usage.prompt_tokens for one in long if one.usage)
    if grown:
        reason = (
            f"{counted(len(grown), 'request')} with more than {most} messages of history, which "
            f"was never shortened: {total} tokens"
        )
        ordered = sorted(grown, key=lambda one: one.number)
        yield _finding("history", "low", "A history that only grows", reason, ordered, CAP)


def _size(seen: Evidence, exchange: Exchange) -> int:
    request = seen.requests[exchange.number]
    return len(request.messages) if request else 0


def _large_results(seen: Evidence) -> Iterator[Finding]:
    """Find results of tools that are sent again after the answer to them."""
    again = sent_again(seen)
    if again.sent:
        exchanges = _in_order(one.exchange for one in again.sent)
        savings = again.savings()
        reason = (
            f"results of up to {again.largest} tokens were sent again in "
            f"{counted(len(exchanges), 'request')}: {sum(one.tokens for one in savings)} tokens"
        )
        title = "Large results sent again"
        yield _finding("results", "medium", title, reason, exchanges, SUMMARISE, savings=savings)


def _nearly_full(seen: Evidence) -> Iterator[Finding]:
    most = int(seen.thresholds.cost_context_share * CONTEXT_TOKENS)
    full = [
        one
        for one in seen.exchanges
        if (one.usage and one.usage.total_tokens > most) or _is_too_long(one)
    ]
    if full:
        refused = sum(map(_is_too_long, full))
        largest = max((one.usage.total_tokens for one in full if one.usage), default=0)
        used = f"{largest} of {CONTEXT_TOKENS} tokens of context were used" if largest else ""
        more = f"{counted(refused, 'request')} refused with 400" if refused else ""
        reason = "; ".join(filter(None, (used, more)))
        yield _finding("context", "high", "The context is nearly full", reason, full, CAP)


def _is_too_long(exchange: Exchange) -> bool:
    """Return whether a request was refused because its prompt and reply do not fit."""
    return exchange.error is not None and "maximum context length" in exchange.error.message


def _finding(
    kind: str,
    severity: Severity,
    title: str,
    reason: str,
    exchanges: Sequence[Exchange],
    repair: Repair,
    subject: str = "",
    savings: tuple[Saving, ...] = (),
) -> Finding:
    numbers = tuple(one.number for one in exchanges)
    return Finding("cost", kind, severity, title, reason, numbers, repair, subject, savings=savings)


RULE: Final = Rule(
    "cost",
    "replies without a bound, runaway tools, prompts that grow or repeat what is large",
    PRACTICE,
    check,
)
