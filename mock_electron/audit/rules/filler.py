"""`filler`: a turn with calls comes back whole, and its tool runs while the filler is spoken.

1. The first request after the turn is compared with the reply. A filler in a message of its own
   before the calls is fine, and so is other white space in arguments.
2. A call without a result is a mistake only if the client sent the call back, or if the
   conversation went on without it. So the call that ends a conversation needs no result.
3. The filler is spoken from its first chunk on, at the rate of the setting `speech_rate`. A result
   that comes later made the user wait for the tool after the filler.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from mock_electron.audit.evidence import Evidence
from mock_electron.audit.finding import (
    Finding,
    Repair,
    Severity,
    Verdict,
    judged,
    not_applicable,
)
from mock_electron.audit.histories import Returned, returned
from mock_electron.audit.rule import Rule
from mock_electron.engine.exchange import Exchange
from mock_electron.traffic.lines import counted
from mock_electron.traffic.speech import heard, utterances
from mock_electron.wire import codec
from mock_electron.wire.reply import ToolCall

PRACTICE: Final = (  # D: best practices
    "When delta.tool_calls chunks arrive, kick off the actual tool execution in parallel with "
    "TTS - don't wait for the filler to finish speaking. Append tool role messages with results "
    "and continue."
)
WHOLE: Final = Repair(
    "Append the assistant's message as it came, then one result for each call, in order.",
    "messages.append(message.model_dump(exclude_none=True))  # the filler and all calls\n"
    "for call in message.tool_calls:\n"
    '    messages.append({"role": "tool", "tool_call_id": call.id, "content": run(call)})',
)
PARALLEL: Final = Repair(
    "Start the tool when its call is there, and speak the filler meanwhile.",
    "speaking = asyncio.create_task(speak(filler))\n"
    "results = await asyncio.gather(*(run(call) for call in calls))  # not after speaking\n"
    "reply = await ask([*messages, *results])",
)


def check(seen: Evidence) -> Verdict:
    """Find turns that came back changed, and tools that waited for the filler."""
    turns = list(returned(seen))
    broken = _broken_arguments(seen)
    if not turns and not broken:
        return not_applicable("no reply with calls was continued")
    findings = [
        *(found for row in KINDS for found in _changed(turns, *row)),
        *broken,
        *_serialised(seen, turns),
    ]
    is_timed = any(any(turn.exchange.chunk_offsets) for turn in turns)
    spoken = any(turn.reply.content for turn in turns)
    hidden = ["whether tools wait for the filler: replies take no time"]
    unseen = hidden if spoken and not is_timed else []
    return judged(findings, counted(len(turns), "tool turn"), unseen)


def _lost_call(turn: Returned) -> bool:
    return turn.message is None


def _lost_filler(turn: Returned) -> bool:
    return _has_other_filler(turn) and not (turn.message and turn.message.content)


def _altered_filler(turn: Returned) -> bool:
    return _has_other_filler(turn) and bool(turn.message and turn.message.content)


def _has_other_filler(turn: Returned) -> bool:
    """Return whether the filler is neither in the message with the calls nor before it; rule 1."""
    filler, message, before = turn.reply.content, turn.message, turn.before
    if not filler or message is None or message.content == filler:
        return False
    is_before = before is not None and before.role == "assistant" and not before.tool_calls
    return not (is_before and before is not None and before.content == filler)


def _altered_calls(turn: Returned) -> bool:
    message = turn.message
    if message is None:
        return False
    kept = {call.id: _normal(call) for call in message.tool_calls}
    return any(kept.get(call.id) != _normal(call) for call in turn.reply.tool_calls)


def _normal(call: ToolCall) -> tuple[str, object]:
    try:
        return call.name, codec.decode(call.arguments.encode())
    except codec.MalformedError:
        return call.name, call.arguments


def _unanswered(turn: Returned) -> bool:
    answered = {message.tool_call_id for message in turn.results}
    return turn.message is not None and any(
        call.id not in answered for call in turn.reply.tool_calls
    )


def _twice(turn: Returned) -> bool:
    answered = [message.tool_call_id for message in turn.results]
    return len(answered) > len(set(answered))


def _disordered(turn: Returned) -> bool:
    """Return whether results come before their call, or in another order than the calls."""
    if turn.message is None or not turn.results:
        return False
    order = [call.id for call in turn.reply.tool_calls]
    answered = list(dict.fromkeys(message.tool_call_id for message in turn.results))
    wanted = [call_id for call_id in order if call_id in answered]
    return answered != wanted or turn.are_early


Kind = tuple[str, Severity, str, str, Callable[[Returned], bool]]
KINDS: Final[Sequence[Kind]] = (
    ("lost-call", "high", "A tool call is lost", "continued without the calls", _lost_call),
    ("lost-filler", "medium", "The filler is lost", "came back without the filler", _lost_filler),
    (
        "altered-filler",
        "low",
        "The filler is altered",
        "came back with another filler",
        _altered_filler,
    ),
    ("altered-call", "medium", "A tool call is altered", "came back changed", _altered_calls),
    ("unanswered", "high", "A tool call without result", "came back without a result", _unanswered),
    ("twice", "medium", "A tool call answered twice", "came back with two results", _twice),
    ("order", "low", "Tool results out of order", "came back in another order", _disordered),
)
"""Each kind of change: its name, its severity, its title, what happened, and whether it did."""


def _changed(
    turns: Sequence[Returned],
    kind: str,
    severity: Severity,
    title: str,
    happened: str,
    is_found: Callable[[Returned], bool],
) -> Iterator[Finding]:
    found = [turn for turn in turns if is_found(turn)]
    if found:
        first = found[0]
        names = ", ".join(call.name for call in first.reply.tool_calls)
        place = f"#{first.exchange.number} called {names}, and #{first.later.number} {happened}"
        more = f"; so did {counted(len(found) - 1, 'more turn')}" if len(found) > 1 else ""
        yield _finding(kind, severity, title, f"{place}{more}", found, WHOLE)


def _broken_arguments(seen: Evidence) -> list[Finding]:
    """Find requests whose history has calls with arguments that are not JSON."""
    known: dict[str, bool] = {}
    found: list[Exchange] = []
    names: dict[str, None] = {}
    for one, request in seen.valid:
        calls = [call for message in request.messages for call in message.tool_calls]
        broken = [call.name for call in calls if not _is_json(call.arguments, known)]
        if broken:
            found.append(one)
            names |= dict.fromkeys(broken)
    if not found:
        return []
    tools = ", ".join(names)
    reason = f"{counted(len(found), 'request')} with arguments of {tools} that are not JSON"
    numbers = tuple(one.number for one in found)
    title = "Arguments that are not JSON"
    return [Finding("filler", "arguments", "medium", title, reason, numbers, WHOLE)]


def _is_json(arguments: str, known: dict[str, bool]) -> bool:
    found = known.get(arguments)
    if found is None:
        try:
            codec.decode(arguments.encode())
            found = True
        except (codec.MalformedError, UnicodeEncodeError):
            found = False
        known[arguments] = found
    return found


def _serialised(seen: Evidence, turns: Sequence[Returned]) -> Iterator[Finding]:
    """Find tools whose results came only after the filler was spoken; rule 3."""
    waited: dict[int, tuple[Returned, float]] = {}
    for turn in turns:
        cost = _cost(seen, turn)
        if cost > seen.thresholds.filler_silence:
            waited[turn.exchange.number] = turn, cost
    if waited:
        turn, most = max(waited.values(), key=lambda one: (one[1], -one[0].exchange.number))
        names = ", ".join(call.name for call in turn.reply.tool_calls)
        place = f"the filler of #{turn.exchange.number} was spoken"
        saved = f"one in parallel would save {round(most * 1000)} ms of silence"
        reason = f"the result of {names} came after {place}; if the tool began only then, {saved}"
        found = [one for one, _ in waited.values()]
        total = round(sum(cost for _, cost in waited.values()), 6)
        title = "The tool waits for the filler"
        yield _finding("serialised", "medium", title, reason, found, PARALLEL, total)


def _cost(seen: Evidence, turn: Returned) -> float:
    """Return the silence that a tool in parallel would have saved, in seconds.

    The time after the filler is taken for that of the tool.
    """
    got = heard(turn.exchange, seen.requests[turn.exchange.number])
    spoken = utterances(got.texts, 0.0, seen.settings.speech_rate, None)
    if not any(turn.exchange.chunk_offsets) or not (spoken and got.calls and turn.message):
        return 0.0
    result = turn.later.arrived_at - turn.exchange.arrived_at
    filler_end, called = spoken[-1].spoken.end, max(time for time, _ in got.calls)
    silence = result - filler_end
    in_parallel = max(0.0, called + silence - filler_end)
    return silence - in_parallel if silence > 0 else 0.0


def _finding(
    kind: str,
    severity: Severity,
    title: str,
    reason: str,
    turns: Sequence[Returned],
    repair: Repair,
    silence: float = 0.0,
) -> Finding:
    numbers = sorted({n for turn in turns for n in (turn.exchange.number, turn.later.number)})
    return Finding("filler", kind, severity, title, reason, tuple(numbers), repair, seconds=silence)


RULE: Final = Rule(
    "filler",
    "tool turns that come back changed, and tools that wait for the filler",
    PRACTICE,
    check,
)
