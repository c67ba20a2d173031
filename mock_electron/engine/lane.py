"""A lane: one isolated world. A request comes in as bytes, and an answer goes out as bytes.

    arrival → identity → key → limits → validation → faults in the reply's place
            → script, else a function, else the pocket model → prefix cache → faults in the reply
            → answer

`Lane.open` is synchronous and does no I/O. Chance comes from the seed, the request and its
occurrence, never from the order in which different requests arrive.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from threading import RLock, get_ident
from traceback import format_exception
from typing import Any, Final

from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival, ParsedBody, parse_body
from mock_electron.engine.build_answer import answer_to
from mock_electron.engine.choose_reply import ChosenReply, ReplyChooser
from mock_electron.engine.clock import Clock, Moment, day
from mock_electron.engine.decision import Decision, RequestContext, can_travel, exchange_of
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.faults import Fault
from mock_electron.engine.faults import header as fault_header
from mock_electron.engine.faults.fault import FaultContext, ReplacementFault, ReplyFault
from mock_electron.engine.faults.injection import Injection, Injections
from mock_electron.engine.journal import Journal, sent_of
from mock_electron.engine.keys import authenticate, key_of
from mock_electron.engine.limits import Limits, plan_of
from mock_electron.engine.pace import INSTANT
from mock_electron.engine.prefix_cache import PrefixCache, PromptReader, TokenRun
from mock_electron.engine.script import Step
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.responder import Responder
from mock_electron.engine.script.script import PendingWhen, StepState
from mock_electron.engine.settings import Settings
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.model.completion import CONTEXT_TOKENS, complete
from mock_electron.model.dice import Dice
from mock_electron.model.speak import dice_for
from mock_electron.wire import errors
from mock_electron.wire import request as wire_request
from mock_electron.wire.errors import ApiError, Refusal
from mock_electron.wire.render import Stamp
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.stream import Stream

logger: Final = logging.getLogger("mock_electron")

COUNTED_REQUESTS: Final = 100_000
"""Of so many different requests a lane knows the occurrences; the longest unseen is forgotten."""


class Lane:
    """One isolated world: settings, script, clock, limits, prefix cache, faults, journal.

    Safe to use from several threads.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings: Settings = settings or Settings()
        self.clock: Clock = Clock(self.settings.clock)
        self.journal: Journal = Journal(
            self.settings.journal_exchanges, self.settings.journal_bytes
        )
        self.pending: list[PendingWhen] = []
        self._reply_chooser = ReplyChooser()
        self._injections = Injections()
        self._limits = Limits()
        self._reader = PromptReader()
        self._cache = PrefixCache(
            self.settings.prefix_cache_tokens, self.settings.prefix_cache_idle
        )
        self._occurrences: OrderedDict[bytes, int] = OrderedDict()
        self._lock = RLock()  # a function of the user's may call the lane that asks it
        self._deciding: int | None = None

    # --- what a test sets up

    def add(self, step: Step) -> int:
        """Put a step at the end of the script. Returns its number, from 1.

        Raises ValueError where the lane is strict, knows the tools, and the step names another.
        """
        self._check_tools(step)
        with self._lock:
            return self._reply_chooser.script.add(step)

    def change_step(self, number: int, change: Callable[[Step], Step]) -> None:
        """Put another step in the place of this one; its uses count on."""
        with self._lock:
            self._reply_chooser.script.change(number, change)

    def replace_script(self, steps: Iterable[Step]) -> None:
        """Forget the script, and begin with these steps."""
        with self._lock:
            self._reply_chooser.script.replace(steps)

    def open_when(self, location: str) -> PendingWhen:
        """Say that a match was written; its answer follows, or else it was forgotten."""
        pending = PendingWhen(location)
        with self._lock:
            self.pending.append(pending)
        return pending

    def script(self) -> tuple[StepState, ...]:
        """The steps of the script, with how often each has answered."""
        with self._lock:
            return self._reply_chooser.script.uses

    def respond_with(self, function: Responder) -> None:
        """Let a function answer where the script does not, instead of the pocket model."""
        with self._lock:
            self._reply_chooser.responder = function

    def inject(self, injection: Injection) -> None:
        """Let a fault happen to some of the requests to come."""
        with self._lock:
            self._injections.add(injection)

    def clear_faults(self) -> None:
        """Let no fault happen any more, but for those in the script."""
        with self._lock:
            self._injections.clear()

    def change(self, **settings: Any) -> None:
        """Change the plan, the pace or the drift, for the requests to come.

        Raises ValueError for a value that makes no sense.
        """
        with self._lock:
            self.settings = replace(self.settings, **settings)

    def exchanges(self) -> tuple[Exchange, ...]:
        """The journal, once nothing is in flight.

        Raises StillInFlightError where that takes too long: at once for a function of the user's
        that asks while the lane decides, as nothing can end meanwhile.
        """
        deciding = self._deciding == get_ident()
        return self.journal.read(timeout=0) if deciding else self.journal.read()

    def peek(self) -> tuple[Exchange, ...]:
        """The journal as it is now, what is in flight too."""
        return self.journal.peek()

    @property
    def peak_in_flight(self) -> int:
        """The highest number of requests of one API key that were in flight at the same time."""
        return self._limits.peak

    @property
    def keeps_time(self) -> bool:
        """Whether somebody waits for what it sends: a pace, on a real clock."""
        return not self.clock.frozen and self.settings.pace != INSTANT

    # --- the path of a request

    def open(
        self, arrival: Arrival, early_error: ApiError | None = None, waited: float = 0.0
    ) -> Answer:
        """Decide how a request is answered, and write it down. The caller owes a `close`.

        early_error: the error that the request has met already, before it came here.
        waited: seconds since its first byte came; a frozen clock stood still meanwhile.
        """
        parsed = parse_body(arrival)
        with self._lock:
            context = self._context(arrival, parsed)
            self._deciding = get_ident()
            try:
                decision = self._decide(context, early_error)
                answer = answer_to(context, decision, self.settings, frozen=self.clock.frozen)
            except BaseException:  # it is as if none had asked
                self._limits.release(context.number)
                self._occurrences[parsed.fingerprint] = context.occurrence
                raise
            finally:
                self._deciding = None
            lane_waited = 0.0 if self.clock.frozen else waited
            arrived = Moment(context.now - lane_waited, context.moment.monotonic - waited)
            self.journal.open(exchange_of(context, decision, answer, arrived))
            if answer.schedule:
                self.clock.advance(answer.schedule[-1])
            return answer

    def close(self, answer: Answer, frames_sent: int, moments: Sequence[Moment] = ()) -> None:
        """Say how playing an answer ended.

        frames_sent: how many went out; where there are more, the client has left.
        moments: when they did: each frame, or all of them in one write, or none if nobody looked.
        """
        with self._lock:
            self._limits.release(answer.exchange)
        ended = self.clock.moment()
        sent = sent_of(answer, frames_sent, moments or (ended,), ended, frozen=self.clock.frozen)
        self.journal.close(answer.exchange, sent)

    def _context(self, arrival: Arrival, parsed: ParsedBody) -> RequestContext:
        occurrence = self._count(parsed.fingerprint)
        dice = Dice.of(b"%d" % self.settings.seed, parsed.fingerprint, b"%d" % occurrence)
        moment = self.clock.moment()
        stamp = Stamp("chatcmpl-" + dice.hex("completion"), int(moment.lane), dice.uuid("request"))
        return RequestContext(self.journal.opened, arrival, parsed, occurrence, dice, moment, stamp)

    def _count(self, fingerprint: bytes) -> int:
        """How often this request came before; it becomes the latest of the counted requests."""
        occurrence = self._occurrences.pop(fingerprint, 0)
        self._occurrences[fingerprint] = occurrence + 1
        if len(self._occurrences) > COUNTED_REQUESTS:
            self._occurrences.popitem(last=False)
        return occurrence

    def _decide(self, context: RequestContext, early_error: ApiError | None) -> Decision:
        """What the request gets. What was found out before a refusal is kept."""
        decision = Decision()
        try:
            if early_error is None:
                self._admit(context, decision)
            else:
                decision.result = early_error
        except Refusal as refusal:
            decision.result = refusal.error
        except Exception as error:  # a function of the user's: its request gets an answer too
            where = can_travel("".join(format_exception(error)))
            logger.error("a function failed on request %d\n%s", context.number, where)
            decision.result, decision.raised = errors.INTERNAL, error
        return decision

    def _admit(self, context: RequestContext, decision: Decision) -> None:
        asked = self._requested_faults(context)
        account = decision.account = authenticate(
            context.arrival.authorization, self.settings.api_keys
        )
        read = self._read(context.parsed)
        decision.request = read if isinstance(read, ChatRequest) else None
        plan = account.plan or plan_of(self.settings.plan)
        self._limits.admit(context.number, account.id, plan, context.now)
        if isinstance(read, Refusal):
            raise read
        prompt = self._reader.read(account.id, read)
        _check_context(read, prompt.tokens)
        instead = self._injections.in_place(asked, read, context.dice)
        if instead is not None:
            decision.faults = (instead,)
            decision.result = instead
        else:
            self._reply(context, decision, read, prompt, asked)

    def _requested_faults(self, context: RequestContext) -> tuple[Fault, ...]:
        """The faults that the request asks for itself."""
        if not context.arrival.fault_header or not self.settings.fault_header:
            return ()
        return fault_header.requested_faults(context.arrival.fault_header, context.occurrence)

    def _read(self, parsed: ParsedBody) -> ChatRequest | Refusal:
        if isinstance(parsed.document, Refusal):
            return parsed.document
        try:
            return wire_request.read(
                parsed.document, accept_json_schema=self.settings.accept_json_schema
            )
        except Refusal as refusal:
            return refusal

    def _reply(
        self,
        context: RequestContext,
        decision: Decision,
        request: ChatRequest,
        prompt: TokenRun,
        asked: tuple[Fault, ...],
    ) -> None:
        dice = self._dice(context, request)
        chosen = self._speak(context, request, dice)
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
        own = self._faults_of(chosen, fault_context)
        decision.faults = own + self._injections.within(asked, fault_context, context.dice)
        for fault in decision.faults:
            if isinstance(fault, ReplyFault):
                reply = fault.change(reply)
        self._use(chosen, decision)
        self._cache.store(self._reader.with_reply(prompt, reply), context.now)
        decision.result = reply

    def _speak(self, context: RequestContext, request: ChatRequest, dice: Dice) -> ChosenReply:
        arrival = context.arrival
        asked = MatchInput(request, arrival.headers, key_of(arrival.authorization))
        today = day(context.now)
        return self._reply_chooser.choose(asked, dice, today, strict=self.settings.strict)

    def _use(self, chosen: ChosenReply, decision: Decision) -> None:
        """What is said is sent: a step is used once."""
        decision.chosen = chosen
        if chosen.step is not None:
            self._reply_chooser.script.use(chosen.step.number)

    def _faults_of(self, chosen: ChosenReply, context: FaultContext) -> tuple[Fault, ...]:
        """The faults that a step has given its reply, as far as they are possible.

        Raises Refusal in a strict lane where one is not.
        """
        faults = chosen.step.step.faults if chosen.step else ()
        for fault in faults:
            if self.settings.strict and not fault.suits(context):
                assert chosen.step is not None  # it has faults
                words = f"{chosen.step.name}: its {fault!r} needs {fault.needs}"
                raise Refusal(errors.NOT_SCRIPTED.saying(words))
        return tuple(fault for fault in faults if fault.suits(context))

    def _check_tools(self, step: Step) -> None:
        known = self.settings.tools
        for name in step.tool_names:
            if self.settings.strict and known and name not in known:
                hint = did_you_mean(name, known)
                raise ValueError(f"there is no tool {name!r}.{hint} Tools: {', '.join(known)}.")

    def _dice(self, context: RequestContext, request: ChatRequest) -> Dice:
        """The dice for what is said."""
        settings = self.settings
        return dice_for(
            request,
            settings.seed,
            settings.sampling,
            context.occurrence,
            drifted=settings.drift > 0 and context.dice.share("drift") < settings.drift,
        )


def _check_context(request: ChatRequest, prompt_tokens: int) -> None:
    """Raise Refusal where the prompt and `max_tokens` exceed the context (D)."""
    completion_tokens = request.max_tokens or 1
    asked = prompt_tokens + completion_tokens
    if asked > CONTEXT_TOKENS:
        words = (
            f"This model's context holds {CONTEXT_TOKENS} tokens. The request asks for {asked}: "
            f"{prompt_tokens} in the prompt and {completion_tokens} in the completion."
        )
        raise Refusal(errors.INVALID_REQUEST.saying(words))
