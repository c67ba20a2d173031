"""A lane: an isolated endpoint with its own state. It takes a request and returns an answer.

    arrival → parsed body → faults by header → API key → limits → validation
            → faults that replace the reply → script, or user function, or pocket model
            → prefix cache → faults in the reply → answer

`Lane.open` is synchronous and does no I/O. Random choices depend on the seed, the request and its
occurrence, never on the order in which different requests arrive.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from threading import RLock, get_ident
from traceback import format_exception
from typing import Any, Final, Literal

from mock_electron.engine.answer import CUT, Answer
from mock_electron.engine.arrival import Arrival, ParsedBody, parse_body
from mock_electron.engine.attempts import Attempts, RequestKey
from mock_electron.engine.build_answer import build_answer
from mock_electron.engine.choose_reply import ChosenReply, ReplyChooser
from mock_electron.engine.clock import LaneClock, Moment, utc_date
from mock_electron.engine.decision import Decision, RequestContext, escape_surrogates, new_exchange
from mock_electron.engine.exchange import CLIENT_LEFT, Exchange
from mock_electron.engine.faults.fault import (
    Fault,
    FaultContext,
    ReplacementFault,
    with_reply_faults,
)
from mock_electron.engine.faults.injection import Injection, Injections
from mock_electron.engine.faults.requested import NONE_REQUESTED, RequestedFaults
from mock_electron.engine.journal import CLOSE_THE_STREAM, SETTLING_TIME, Journal
from mock_electron.engine.keys import authenticate, parse_api_key
from mock_electron.engine.limits import Limits
from mock_electron.engine.pace import INSTANT, PACES, pace_of
from mock_electron.engine.plan import plan_of
from mock_electron.engine.prefix_cache import PrefixCache, PromptReader, TokenRun
from mock_electron.engine.script import Step
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.responder import Responder
from mock_electron.engine.script.script import PendingWhen, StepState
from mock_electron.engine.script.shadow import MOST_COMPARED, shadows
from mock_electron.engine.send_result import send_result
from mock_electron.engine.settings import Settings
from mock_electron.engine.user_functions import MOST_RAISED, UserFunctionError, traceback_text
from mock_electron.inputs.checks import choice, must_be
from mock_electron.inputs.spelling import unknown
from mock_electron.model.completion import CONTEXT_TOKENS, complete
from mock_electron.model.dice import Dice
from mock_electron.model.prompt import tokens_beyond
from mock_electron.model.speak import dice_for
from mock_electron.outputs.redaction import without_key
from mock_electron.wire import errors, model_server
from mock_electron.wire import request as wire_request
from mock_electron.wire.errors import ApiError, Refusal
from mock_electron.wire.headers import Headers
from mock_electron.wire.render import Stamp
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.stream import Stream

logger: Final = logging.getLogger("mock_electron")

OK: Final = 200
COUNTED_REQUESTS: Final = 100_000
"""The maximum number of requests whose occurrences a lane counts; the least recent is dropped."""

ResetPart = Literal["script", "exchanges", "faults", "limits", "cache", "clock", "settings"]
"""What `Lane.reset` can return to its state at the start."""


class Lane:
    """An isolated endpoint: settings, script, clock, limits, prefix cache, faults and journal.

    Safe to use from several threads.

    Attributes:
        settings: The current settings.
        clock: The clock.
        journal: The exchanges.
        pending: The `when(…)` calls of the test.
        rate_limit_headers: Headers that are added to a 429 for too many requests per minute.
        raised: What user functions have raised, oldest first; at most MOST_RAISED.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings: Settings = settings or Settings()
        self.clock: LaneClock = LaneClock(self.settings.clock)
        self.journal: Journal = Journal(
            self.settings.journal_exchanges, self.settings.journal_bytes
        )
        self.pending: list[PendingWhen] = []
        self.rate_limit_headers: Headers = ()
        self.raised: list[BaseException] = []
        self._reply_chooser = ReplyChooser()
        self._injections = Injections()
        self._limits = Limits()
        self._reader = PromptReader()
        self._cache = PrefixCache(
            self.settings.prefix_cache_tokens, self.settings.prefix_cache_idle
        )
        self._occurrences: OrderedDict[bytes, int] = OrderedDict()
        self._attempts = Attempts()
        self._lock = RLock()  # a user function may call the lane while the lane decides
        self._deciding: int | None = None
        self._start: tuple[Settings, tuple[Step, ...]] = (self.settings, ())

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
            return self._reply_chooser.script.add(step)

    @property
    def script_generation(self) -> int:
        """How often all steps of the script were replaced."""
        return self._reply_chooser.script.generation

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
            self._reply_chooser.script.change(number, change)

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
            self._reply_chooser.script.replace(checked)

    def open_when(self, location: str) -> PendingWhen:
        """Record a `when(…)` call. It stays unanswered until its step is added."""
        pending = PendingWhen(location)
        with self._lock:
            self.pending.append(pending)
        return pending

    def script(self) -> tuple[StepState, ...]:
        """Return the steps of the script with how often each has answered."""
        with self._lock:
            return self._reply_chooser.script.states

    def shadow_of(self, number: int) -> str:
        """Return why a step never answers, or ""; see `shadows`."""
        with self._lock:
            script = self._reply_chooser.script
            states = (*script.unlimited_before(number, MOST_COMPARED), script.state(number))
        return next(shadows(states, number), "")

    def respond_with(self, function: Responder) -> None:
        """Set the user function that answers instead of the pocket model."""
        with self._lock:
            self._reply_chooser.responder = function

    def inject(self, injection: Injection) -> None:
        """Add a fault that affects later requests."""
        with self._lock:
            self._injections.add(injection)

    def waiting_faults(self) -> tuple[str, ...]:
        """Return the injected faults that have affected no request, each with the reason."""
        with self._lock:
            return self._injections.unused

    def clear_faults(self) -> None:
        """Remove all faults except those of the script."""
        with self._lock:
            self._injections.clear()

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
        return self._limits.peak

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
    ) -> Answer:
        """Decide how a request is answered, and record it. The caller must call `close`.

        Args:
            arrival: The request.
            early_error: An error that was found before the lane was called.
            waited: Seconds since the first byte of the request, by the real clock.
        """
        parsed = parse_body(arrival, self.settings.body_limit)
        with self._lock:
            context = self._context(arrival, parsed, waited)
            self._deciding = get_ident()
            try:
                decision = self._decide(context, early_error)
                answer = build_answer(context, decision, self.settings, frozen=self.clock.frozen)
                if self.rate_limit_headers and decision.is_rate_limited:
                    answer = replace(answer, headers=answer.headers + self.rate_limit_headers)
            except BaseException:  # roll back: treat the request as never received
                self._limits.release(context.number)
                self._occurrences[parsed.fingerprint] = context.occurrence
                raise
            finally:
                self._deciding = None
            exchange = new_exchange(context, decision, answer)
            self.journal.open(exchange)
            if exchange.error is not None:
                answer = replace(answer, secret=parse_api_key(arrival.authorization))
            self._injections.settle(
                decision.requested,
                given=decision.gave_requested_faults,
                replied=decision.is_whole_reply,
            )
            breaks = any(fault.breaks for fault in decision.faults)
            self._attempts.open(
                _request_key(context, decision),
                context.number,
                context.arrived.monotonic,
                arrival.headers,
                failed=breaks or answer.status != OK,
            )
            if answer.schedule:
                self.clock.pass_time(answer.schedule[-1])
            return answer

    def close(
        self,
        answer: Answer,
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
        result = send_result(
            answer, frames_sent, moments or (ended,), ended, frozen=self.clock.frozen
        )
        with self._lock:
            self._limits.release(answer.exchange)
            failed = result.outcome in (CLIENT_LEFT, CUT)
            self._attempts.close(answer.exchange, ended.monotonic, failed=failed)
        body = parse_body(arrival, self.settings.body_limit).body if arrival else None
        self.journal.close(answer.exchange, result, body)

    def _context(self, arrival: Arrival, parsed: ParsedBody, waited: float) -> RequestContext:
        occurrence = self._count(parsed.fingerprint)
        dice = Dice.of(b"%d" % self.settings.seed, parsed.fingerprint, b"%d" % occurrence)
        moment = self.clock.moment()
        stamp = Stamp("chatcmpl-" + dice.hex("completion"), int(moment.lane), dice.uuid("request"))
        lane_waited = 0.0 if self.clock.frozen else waited
        arrived = Moment(moment.lane - lane_waited, moment.monotonic - waited)
        number = self.journal.opened
        return RequestContext(number, arrival, parsed, occurrence, dice, moment, arrived, stamp)

    def _count(self, fingerprint: bytes) -> int:
        """Count the request. Return how many times it was received before."""
        occurrence = self._occurrences.pop(fingerprint, 0)
        self._occurrences[fingerprint] = occurrence + 1
        if len(self._occurrences) > COUNTED_REQUESTS:
            self._occurrences.popitem(last=False)
        return occurrence

    def _decide(self, context: RequestContext, early_error: ApiError | None) -> Decision:
        """Decide on a request. After a refusal, the decision keeps what was found out before it."""
        decision = Decision()
        decision.has_fault_header = self._has_fault_header(context)
        try:
            if early_error is None:
                self._admit(context, decision)
            else:
                decision.result = early_error
        except Refusal as refusal:
            decision.result = refusal.error
        except UserFunctionError as error:
            _log(f"{error} on request {context.number}", traceback_text(error.raised), context)
            decision.result, decision.raised = errors.INTERNAL, error.raised
            if len(self.raised) < MOST_RAISED:
                self.raised.append(error.raised)
        except Exception as error:
            trace = "".join(format_exception(error))
            _log(f"mock-electron failed on request {context.number}", trace, context)
            decision.result = errors.INTERNAL
        return decision

    def _admit(self, context: RequestContext, decision: Decision) -> None:
        requested = decision.requested = self._requested_faults(context)
        account = decision.account = authenticate(
            context.arrival.authorization, self.settings.api_keys, self.settings.accounts
        )
        if context.arrival.document is not None:
            decision.result = context.arrival.document
            return
        request = self._parse_request(context.parsed)
        decision.request = request if isinstance(request, ChatRequest) else None
        plan = account.plan or plan_of(self.settings.plan)
        self._limits.admit(context.number, account.id, plan, context.now)
        if isinstance(request, Refusal):
            raise request
        estimated = tokens_beyond(request, CONTEXT_TOKENS)
        if estimated:
            _check_context(request, estimated)
        prompt = self._reader.read_prompt(account.id, request)
        _check_context(request, prompt.tokens)
        replacement = self._injections.replacement(requested, request, context.dice)
        if replacement is not None:
            decision.faults = (replacement,)
            decision.result = replacement
        else:
            self._reply(context, decision, request, prompt, requested)

    def _requested_faults(self, context: RequestContext) -> RequestedFaults:
        """Return the faults that the request's header asks for."""
        if not self._has_fault_header(context):
            return NONE_REQUESTED
        key = parse_api_key(context.arrival.authorization)
        return self._injections.requested(key, context.arrival.fault_header)

    def _has_fault_header(self, context: RequestContext) -> bool:
        return bool(context.arrival.fault_header) and self.settings.fault_header

    def _parse_request(self, parsed: ParsedBody) -> ChatRequest | Refusal:
        if isinstance(parsed.document, Refusal):
            return parsed.document
        try:
            return wire_request.parse_request(
                parsed.document,
                accept_json_schema=self.settings.accept_json_schema,
                refuse_broken_arguments=self.settings.refuse_broken_arguments,
            )
        except Refusal as refusal:
            return refusal

    def _reply(
        self,
        context: RequestContext,
        decision: Decision,
        request: ChatRequest,
        prompt: TokenRun,
        requested: RequestedFaults,
    ) -> None:
        dice = self._dice(context, request)
        attempt = self._attempts.next(
            _request_key(context, decision), context.arrived.monotonic, context.arrival.headers
        )
        chosen = self._choose_reply(context, request, dice, attempt)
        if isinstance(chosen.answer, ReplacementFault):
            self._use(chosen, decision)
            decision.faults = (chosen.answer,)
            decision.result = chosen.answer
            return
        if isinstance(chosen.answer, Stream):
            reply = chosen.answer.said
        else:
            reply = complete(
                chosen.answer,
                request,
                prompt.tokens,
                dice,
                cached_tokens=self._cache.cached_tokens(prompt, context.now),
                occurrence=context.occurrence,
                named_tool_finish=self.settings.named_tool_finish,
            )
        fault_context = FaultContext(request, reply, context.arrival.accept_encoding)
        step_faults = self._step_faults(chosen, fault_context)
        decision.faults = step_faults + self._injections.reply_faults(
            requested, fault_context, context.dice
        )
        decision.faultless = reply
        reply = with_reply_faults(reply, decision.faults)
        self._use(chosen, decision)
        self._cache.store(self._reader.blocks_with_reply(prompt, reply), context.now)
        decision.result = reply

    def _choose_reply(
        self, context: RequestContext, request: ChatRequest, dice: Dice, attempt: int
    ) -> ChosenReply:
        arrival = context.arrival
        key = parse_api_key(arrival.authorization)
        match_input = MatchInput(request, arrival.headers, key, attempt)
        today = utc_date(context.now)
        return self._reply_chooser.choose(match_input, dice, today, strict=self.settings.strict)

    def _use(self, chosen: ChosenReply, decision: Decision) -> None:
        """Record the chosen reply, and count a use of its step."""
        decision.chosen = chosen
        if chosen.step is not None:
            self._reply_chooser.script.use(chosen.step.number)

    def _step_faults(self, chosen: ChosenReply, context: FaultContext) -> tuple[Fault, ...]:
        """Return the faults of the step that are possible.

        Raises:
            Refusal: If the lane is strict and a fault is not possible.
        """
        faults = chosen.step.step.faults if chosen.step else ()
        for fault in faults:
            if self.settings.strict and not fault.applies_to(context):
                assert chosen.step is not None  # only a step has faults
                message = f"{chosen.step.name}: {fault!r} needs {fault.needs}"
                raise Refusal(errors.NOT_SCRIPTED.saying(message))
        return tuple(fault for fault in faults if fault.applies_to(context))

    def _check_tools(self, step: Step) -> None:
        known = self.settings.tools
        for name in step.tool_names:
            if self.settings.strict and known and name not in known:
                raise ValueError(unknown("tool", name, known))

    def _dice(self, context: RequestContext, request: ChatRequest) -> Dice:
        """Return the dice for the content of the reply."""
        settings = self.settings
        return dice_for(
            request,
            settings.seed,
            settings.sampling,
            context.occurrence,
            drifted=settings.drift > 0 and context.dice.share("drift") < settings.drift,
        )


# --- reset


def _reset_script(lane: Lane) -> None:
    lane._reply_chooser.script.replace(lane._start[1])
    lane._reply_chooser.responder = None
    lane.pending.clear()


def _reset_exchanges(lane: Lane) -> None:
    lane.journal.clear()
    lane._occurrences.clear()
    lane._attempts.clear()


def _reset_faults(lane: Lane) -> None:
    lane._injections = Injections()  # numbers them from 0 again, on which rates depend


def _reset_limits(lane: Lane) -> None:
    lane._limits = Limits()


def _reset_cache(lane: Lane) -> None:
    settings = lane.settings
    lane._cache = PrefixCache(settings.prefix_cache_tokens, settings.prefix_cache_idle)


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


def _request_key(context: RequestContext, decision: Decision) -> RequestKey:
    account = decision.account.id.hex() if decision.account else ""
    return account, context.parsed.fingerprint


def _log(message: str, trace: str, context: RequestContext) -> None:
    """Log an exception with the text of its traceback, without the API key of the request."""
    text = without_key(f"{message}\n{trace}", parse_api_key(context.arrival.authorization))
    logger.error("%s", escape_surrogates(text))


def _check_context(request: ChatRequest, prompt_tokens: int) -> None:
    """Raise Refusal if the prompt and `max_tokens` exceed the context (D)."""
    if prompt_tokens + (request.max_tokens or 1) > CONTEXT_TOKENS:
        message = model_server.context_overflow(CONTEXT_TOKENS, prompt_tokens, request.max_tokens)
        raise Refusal(errors.INVALID_REQUEST.saying(message))
