"""A lane: an isolated endpoint with its own state. It takes a request and returns an answer.

    arrival → parsed request → facts from the ledger → decision → answer → record → close

`Lane.open` is synchronous and does no I/O. Only the facts and the record touch the ledger.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from threading import RLock, get_ident
from traceback import format_exception
from typing import Any, Final, Literal

from mock_electron.engine.answer import CUT
from mock_electron.engine.arrival import Arrival, parse_body
from mock_electron.engine.build_answer import build_answer
from mock_electron.engine.choose_reply import Speaker
from mock_electron.engine.clock import LaneClock, Moment
from mock_electron.engine.decide import World, decide, known_before
from mock_electron.engine.decision import Decision, RequestContext, context_of
from mock_electron.engine.ending import Ending
from mock_electron.engine.entry import entry_of, escape_surrogates
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.facts import Changes
from mock_electron.engine.faults.injection import Injection
from mock_electron.engine.journal import CLOSE_THE_STREAM, SETTLING_TIME, Journal
from mock_electron.engine.keys import secret_of
from mock_electron.engine.ledger import MemoryLedger
from mock_electron.engine.limits import Limits
from mock_electron.engine.memory import ENTRY, size_of_answer
from mock_electron.engine.outline import Outline, outline_of, size_of_outline
from mock_electron.engine.pace import INSTANT, PACES, pace_of
from mock_electron.engine.parsed_request import ParsedRequest, ParsedRequests
from mock_electron.engine.prefix_cache import PromptReader
from mock_electron.engine.ready import (
    AnyAnswer,
    ReadyAnswer,
    ReadyKey,
    paced_answer,
    ready_reply,
    remember,
)
from mock_electron.engine.script import Step
from mock_electron.engine.script.responder import Responder
from mock_electron.engine.script.script import PendingWhen, StepState
from mock_electron.engine.script.shadow import MOST_COMPARED, shadows
from mock_electron.engine.settings import Settings
from mock_electron.engine.user_functions import MOST_RAISED, UserFunctionError, traceback_text
from mock_electron.inputs.checks import choice, must_be
from mock_electron.inputs.spelling import unknown
from mock_electron.model.speak import varied
from mock_electron.outputs.redaction import without_key
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError
from mock_electron.wire.headers import Headers
from mock_electron.wire.reply import Reply

logger: Final = logging.getLogger("mock_electron")

OK: Final = 200
DAY: Final = 86_400
"""The length of a day, in seconds."""
Reaction = tuple[AnyAnswer, Outline, Changes, int]
"""The answer to a request, what the journal keeps of the decision, what the decision changes, and
the memory of all this in the journal."""

ResetPart = Literal["script", "exchanges", "faults", "limits", "cache", "clock", "settings"]
"""What `Lane.reset` can return to its state at the start."""


class Lane:
    """An isolated endpoint: settings, script, clock, limits, prefix cache, faults and journal.

    Safe to use from several threads.

    Attributes:
        settings: The current settings.
        clock: The clock.
        pending: The `when(…)` calls of the test.
        rate_limit_headers: Headers that are added to a 429 for too many requests per minute.
        raised: What user functions have raised, oldest first; at most MOST_RAISED.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings: Settings = settings or Settings()
        self.clock: LaneClock = LaneClock(self.settings.clock)
        self.pending: list[PendingWhen] = []
        self.rate_limit_headers: Headers = ()
        self.raised: list[BaseException] = []
        self._ledger = MemoryLedger(self.settings)
        self._reader = PromptReader()
        self._speaker = Speaker()
        self._requests = ParsedRequests(self.settings, self._reader)
        self._responder: Responder | None = None
        self._lock = RLock()  # a user function may call the lane while the lane decides
        self._deciding: int | None = None
        self._start: tuple[Settings, tuple[Step, ...]] = (self.settings, ())

    @property
    def journal(self) -> Journal:
        """The exchanges."""
        return self._ledger.journal

    # --- setup

    def mark_start(self) -> None:
        """Let `reset` return to the current settings and steps."""
        self._start = (self.settings, tuple(state.step for state in self.script()))

    def reset(self, parts: Iterable[ResetPart]) -> None:
        """Return parts of the lane to their state at the start; see `Electron.reset`."""
        with self._lock:
            for part in parts:
                RESETS[part](self)

    def add(self, step: Step) -> int:
        """Add a step at the end of the script. Return its number, from 1.

        Raises:
            ValueError: If the lane is strict, its tools are set, and the step names another tool.
        """
        self._check_tools(step)
        with self._lock:
            return self._ledger.script.add(step)

    @property
    def script_generation(self) -> int:
        """How often all steps of the script were replaced."""
        return self._ledger.script.generation

    def change_step(self, number: int, change: Callable[[Step], Step], generation: int) -> None:
        """Replace a step. The number of its uses is kept.

        Args:
            number: The number of the step, from 1.
            change: Takes the step, and returns the new one.
            generation: `script_generation` when the step was added.

        Raises:
            RuntimeError: If the step was removed since.
        """
        with self._lock:
            if generation != self.script_generation:
                raise RuntimeError("the step was removed from the script, by a reset or a reload")
            self._ledger.script.change(number, change)

    def replace_script(self, steps: Iterable[Step]) -> None:
        """Replace all steps of the script.

        Raises:
            ValueError: If `add` would refuse a step. The script is unchanged.
        """
        checked = tuple(steps)
        for step in checked:
            try:
                self._check_tools(step)
            except ValueError as error:
                raise ValueError(f"{step.location}: {error}") from error
        with self._lock:
            self._ledger.script.replace(checked)

    def open_when(self, location: str) -> PendingWhen:
        """Record a `when(…)` call. It stays unanswered until its step is added."""
        pending = PendingWhen(location)
        with self._lock:
            self.pending.append(pending)
        return pending

    def script(self) -> tuple[StepState, ...]:
        """Return the steps of the script with how often each has answered."""
        with self._lock:
            return self._ledger.script.states

    def shadow_of(self, number: int) -> str:
        """Return why a step never answers, or ""; see `shadows`."""
        with self._lock:
            script = self._ledger.script
            states = (*script.unlimited_before(number, MOST_COMPARED), script.state(number))
        return next(shadows(states, number), "")

    def respond_with(self, function: Responder) -> None:
        """Set the user function that answers instead of the pocket model."""
        with self._lock:
            self._responder = function

    def inject(self, injection: Injection) -> None:
        """Add a fault that affects later requests."""
        with self._lock:
            self._ledger.injections.add(injection)

    def waiting_faults(self) -> tuple[str, ...]:
        """Return the injected faults that have affected no request, each with the reason."""
        with self._lock:
            return self._ledger.injections.unused

    def clear_faults(self) -> None:
        """Remove all faults except those of the script."""
        with self._lock:
            self._ledger.clear_faults()

    def change(self, **settings: Any) -> None:
        """Change settings for later requests: the plan, the pace or the drift rate.

        Raises:
            ValueError: If a value is wrong.
        """
        with self._lock:
            self.settings = replace(self.settings, **settings)

    def exchanges(
        self,
        timeout: float = SETTLING_TIME,
        *,
        waited: float = 0.0,
        advice: str = CLOSE_THE_STREAM,
    ) -> tuple[Exchange, ...]:
        """Return the journal, once no answer is in flight. The arguments are those of `read`.

        Raises:
            StillInFlightError: If that takes too long. A user function that the lane is calling
                does not wait, because no answer can end before it returns.
        """
        if self._deciding == get_ident():
            return self.journal.read(timeout=0)
        return self.journal.read(timeout, waited=waited, advice=advice)

    def peek(self) -> tuple[Exchange, ...]:
        """Return the journal without waiting, including exchanges in flight."""
        return self.journal.peek()

    @property
    def peak_in_flight(self) -> int:
        """The highest number of requests of one API key that were in flight at the same time."""
        return self._ledger.limits.peak

    @property
    def has_pace(self) -> bool:
        """Whether the lane or a step of its script has a pace other than "instant"."""
        paces = (pace_of(self.settings.pace), *(state.step.pace for state in self.script()))
        return any(pace not in (None, PACES[INSTANT]) for pace in paces)

    @property
    def takes_real_time(self) -> bool:
        """Whether replies take real time: the clock is real, and the pace is not "instant"."""
        return not self.clock.frozen and self.settings.pace != INSTANT

    # --- the path of a request

    def open(
        self, arrival: Arrival, early_error: ApiError | None = None, waited: float = 0.0
    ) -> AnyAnswer:
        """Decide how a request is answered, and record it. The caller must call `close`.

        Args:
            arrival: The request.
            early_error: An error that was found before the lane was called.
            waited: Seconds since the first byte of the request, by the real clock.
        """
        with self._lock:
            if self._requests.settings is not self.settings:
                self._use_settings()
            context, (answer, outline, changes, size) = self._answered(arrival, early_error, waited)
            entry = entry_of(context, outline, answer, size)
            self._ledger.record(context.parsed, context.facts, entry, changes)
            if answer.schedule:
                self.clock.pass_time(answer.schedule[-1])
            return answer

    def answer_at_once(self, arrival: Arrival, waited: float) -> AnyAnswer | None:
        """Return an answer that is sent in one write, and record it as sent: `open` and `close`.

        Return None, and record nothing, if the lane may answer with pauses or faults.

        Args:
            arrival: The request.
            waited: Seconds since the first byte of the request, by the real clock.
        """
        with self._lock:
            if self._requests.settings is not self.settings:
                self._use_settings()
            if not (self._is_plain and self._requests.are_instant):
                return None
            if arrival.fault_header and self.settings.fault_header:
                return None
            context, (answer, outline, changes, size) = self._answered(arrival, None, waited)
            ended = self.clock.moment()
            ending = Ending(len(answer.chunks), (ended,), ended, self.clock.frozen)
            entry = entry_of(context, outline, answer, size)
            self._ledger.record_complete(context.parsed, context.facts, entry, changes, ending)
            return answer

    def _answered(
        self, arrival: Arrival, early_error: ApiError | None, waited: float
    ) -> tuple[RequestContext, Reaction]:
        """Parse a request, fetch the facts and decide, but record nothing."""
        ledger, clock = self._ledger, self.clock
        parsed = self._parse(arrival, early_error)
        number, moment = ledger.journal.opened, clock.moment()
        arrived = moment
        if waited:
            lane_waited = 0.0 if clock.frozen else waited
            arrived = Moment(moment.lane - lane_waited, moment.monotonic - waited)
        facts = ledger.facts(number, parsed, moment, arrived)
        context = context_of(number, parsed, facts)
        try:
            return context, self._answer(context)
        except BaseException:
            ledger.withdraw(number, parsed, facts)
            raise

    def close(
        self,
        answer: AnyAnswer,
        frames_sent: int,
        moments: Sequence[Moment] = (),
        arrival: Arrival | None = None,
    ) -> None:
        """Record how sending an answer ended.

        Args:
            answer: The answer.
            frames_sent: The number of frames that were sent. If it is less than the number of
                frames, the client has disconnected.
            moments: When each frame was sent, or one moment for all frames. Default: now.
            arrival: The whole request, if its body arrived after the answer.
        """
        ended = self.clock.moment()
        ending = Ending(frames_sent, tuple(moments) or (ended,), ended, self.clock.frozen)
        failed = frames_sent < len(answer.chunks) or answer.outcome == CUT
        body = parse_body(arrival, self.settings.body_limit).body if arrival else None
        with self._lock:
            self._ledger.close(answer.exchange, ending, body, failed=failed)

    def _parse(self, arrival: Arrival, early_error: ApiError | None) -> ParsedRequest:
        try:
            return self._requests.of(arrival, early_error)
        except Exception as error:
            _log("mock-electron failed to parse a request", _trace(error), arrival)
            return self._requests.of(arrival, errors.INTERNAL)

    def _use_settings(self) -> None:
        """Parse requests by the current settings from now on."""
        self._requests = ParsedRequests(self.settings, self._reader)

    def _answer(self, context: RequestContext) -> Reaction:
        """Return the answer to a request, and what it leaves in the journal and in the ledger."""
        replies, key = context.parsed.replies, self._ready_key(context)
        known = replies.get(key) if key else None
        if known is None:
            decision = self._decide(context)
            if key is None or not isinstance(decision.result, Reply):
                return self._decided_answer(context, decision)
            known = ready_reply(context, decision, key[0], self.settings.chunk_tokens)
            remember(replies, key, known)
        ready, outline, changes, size, outline_size = known
        if not self._requests.are_instant:
            pace, frozen = self._requests.pace, self.clock.frozen
            paced, outline = paced_answer(context, known, pace, frozen=frozen)
            return paced, outline, changes, ENTRY + outline_size + size_of_answer(paced)
        answer = ReadyAnswer(context.number, ready, context.stamp, context.facts.occurrence)
        return answer, outline, changes, size

    def _ready_key(self, context: RequestContext) -> ReadyKey | None:
        """Return what the reply depends on, or None if it depends on more than the request."""
        parsed, facts = context.parsed, context.facts
        if not (parsed.is_plain and self._is_plain) or facts.limit is not None:
            return None
        assert parsed.request is not None  # it is valid
        variation = varied(parsed.request, self.settings.sampling, facts.occurrence)
        return variation, int(facts.moment.lane // DAY), facts.cached_tokens

    @property
    def _is_plain(self) -> bool:
        """Whether the pocket model answers all valid requests, without faults."""
        ledger = self._ledger
        return self._requests.are_steady and not (
            ledger.script.size or ledger.injections.size or self._responder is not None
        )

    def _decided_answer(self, context: RequestContext, decision: Decision) -> Reaction:
        answer = build_answer(context, decision, self.settings, frozen=self.clock.frozen)
        if self.rate_limit_headers and decision.is_rate_limited:
            answer = replace(answer, headers=answer.headers + self.rate_limit_headers)
        failed = decision.breaks or answer.status != OK
        outline = outline_of(context, decision)
        size = size_of_answer(answer) + size_of_outline(outline, context.parsed.body.body)
        return answer, outline, decision.changes(failed), ENTRY + size

    def _decide(self, context: RequestContext) -> Decision:
        """Return the decision on a request. What a user function raises is logged, and answered."""
        self._deciding = get_ident()
        try:
            return decide(context, self._world)
        except UserFunctionError as error:
            trace = traceback_text(error.raised)
            _log(f"{error} on request {context.number}", trace, context.arrival)
            if len(self.raised) < MOST_RAISED:
                self.raised.append(error.raised)
            return replace(known_before(context), result=errors.INTERNAL, raised=error.raised)
        except Exception as error:
            message = f"mock-electron failed on request {context.number}"
            _log(message, _trace(error), context.arrival)
            return replace(known_before(context), result=errors.INTERNAL)
        finally:
            self._deciding = None

    @property
    def _world(self) -> World:
        ledger = self._ledger
        return World(
            self.settings,
            ledger.script,
            ledger.injections,
            self._responder,
            self._speaker,
            self._reader,
        )

    def _check_tools(self, step: Step) -> None:
        known = self.settings.tools
        for name in step.tool_names:
            if self.settings.strict and known and name not in known:
                raise ValueError(unknown("tool", name, known))


# --- reset


def _reset_script(lane: Lane) -> None:
    lane._ledger.script.replace(lane._start[1])
    lane._responder = None
    lane.pending.clear()


def _reset_exchanges(lane: Lane) -> None:
    lane.journal.clear()
    lane._ledger.clear_counts()


def _reset_faults(lane: Lane) -> None:
    lane._ledger.forget_faults()


def _reset_limits(lane: Lane) -> None:
    lane._ledger.limits = Limits()


def _reset_cache(lane: Lane) -> None:
    lane._ledger.cache.clear()


def _reset_clock(lane: Lane) -> None:
    lane.clock.restart()


def _reset_settings(lane: Lane) -> None:
    lane.settings = lane._start[0]


RESETS: Final[Mapping[ResetPart, Callable[[Lane], None]]] = {
    "script": _reset_script,
    "exchanges": _reset_exchanges,
    "faults": _reset_faults,
    "limits": _reset_limits,
    "cache": _reset_cache,
    "clock": _reset_clock,
    "settings": _reset_settings,
}
"""How each part of a lane returns to its state at the start."""


def check_part(part: object) -> None:
    """Raise ValueError unless this is the name of a part that can be reset."""
    several = part.replace(",", " ").split() if isinstance(part, str) else part
    if isinstance(several, list | tuple) and len(several) > 1 and set(several) <= set(RESETS):
        form = f"reset({', '.join(map(repr, several))})"
        raise ValueError(f"{must_be('a part', 'one name', part)}; write {form}")
    choice("part", part, RESETS)


def _trace(error: Exception) -> str:
    return "".join(format_exception(error))


def _log(message: str, trace: str, arrival: Arrival) -> None:
    """Log an exception with the text of its traceback, without the API key of the request."""
    text = without_key(f"{message}\n{trace}", secret_of(arrival.authorization))
    logger.error("%s", escape_surrogates(text))
