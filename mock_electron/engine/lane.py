"""A lane: an isolated endpoint with its own state. It takes a request and returns an answer.

    arrival → parsed request → facts from the ledger → decision → answer → record → close

`Lane.open` is synchronous and does no I/O. Only the facts and the record touch the ledger.
"""

import logging
from collections.abc import Iterable, Sequence
from threading import get_ident
from traceback import format_exception
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from mock_electron.engine.answer import CUT, Answer, SendOptions, reply_answer
from mock_electron.engine.arrival import Arrival, parse_body
from mock_electron.engine.clock import DAY, Moment
from mock_electron.engine.decide import World, decide, known_before, spoken
from mock_electron.engine.decision import Decision, RequestContext, context_of
from mock_electron.engine.ending import Ending
from mock_electron.engine.entry import entry_of, escape_surrogates
from mock_electron.engine.facts import Changes
from mock_electron.engine.keys import secret_of
from mock_electron.engine.lane_setup import LaneSetup
from mock_electron.engine.memory import ENTRY, size_of_answer
from mock_electron.engine.outline import Outline, outline_of, size_of_outline
from mock_electron.engine.parsed_request import ParsedRequest, ParsedRequests
from mock_electron.engine.ready import (
    FIXED_SIZE,
    AnyAnswer,
    ReadyAnswer,
    ReadyKey,
    can_be_ready,
    paced_answer,
    ready_reply,
)
from mock_electron.engine.user_functions import MOST_RAISED, UserFunctionError, traceback_text
from mock_electron.model.speak import varied
from mock_electron.outputs.redaction import without_key
from mock_electron.wire import errors
from mock_electron.wire.errors import ApiError
from mock_electron.wire.reply import Reply

if TYPE_CHECKING:
    from mock_electron.engine.reset import ResetPart

logger: Final = logging.getLogger("mock_electron")

OK: Final = 200
Reaction = tuple[AnyAnswer, Outline, Changes, int]
"""The answer to a request, what the journal keeps of the decision, what the decision changes, and
the memory of the exchange in the journal."""


class Lane(LaneSetup):
    """An isolated endpoint that several threads may use; see `LaneSetup` for its attributes."""

    def open(
        self,
        arrival: Arrival,
        early_error: ApiError | None = None,
        began: float | None = None,
        connection: int | None = None,
    ) -> AnyAnswer:
        """Decide how a request is answered, and record it. The caller must call `close`.

        Args:
            arrival: The request.
            early_error: An error that was found before the lane was called.
            began: When the first byte arrived, in seconds by the monotonic clock. Default: now.
            connection: The number of the connection, of those that this lane has counted.
        """
        with self._lock:
            if self._requests.settings is not self.settings:
                self._use_settings()
            context, (answer, outline, changes, size) = self._answered(arrival, early_error, began)
            entry = entry_of(context, outline, answer, size, connection)
            self._ledger.record(context.parsed, context.facts, entry, changes)
            if answer.schedule:
                self.clock.pass_time(answer.schedule[-1])
            return answer

    def answer_at_once(
        self, arrival: Arrival, began: float | None = None, connection: int | None = None
    ) -> AnyAnswer | None:
        """Return an answer without faults, and record it.

        An answer without pauses is recorded as sent in one write: `open` and `close`. The caller
        must call `close` for one with pauses. Return None, and record nothing, if the lane may
        answer with faults, or if the pace moves a frozen clock.

        Args:
            arrival: The request.
            began: When the first byte arrived, in seconds by the monotonic clock. Default: now.
            connection: The number of the connection, of those that this lane has counted.
        """
        with self._lock:
            if self._requests.settings is not self.settings:
                self._use_settings()
            clock, frozen = self.clock, self.clock.frozen
            if not self.is_plain or (frozen and not self._requests.are_instant):
                return None
            if arrival.fault_header and self.settings.fault_header:
                return None
            context, (answer, outline, changes, size) = self._answered(arrival, None, began)
            entry = entry_of(context, outline, answer, size, connection)
            if answer.pauses:
                self._ledger.record(context.parsed, context.facts, entry, changes)
                return answer
            ended = clock._moment()
            ending = Ending(len(answer.chunks), (ended,), ended, frozen)
            self._ledger.record_complete(context.parsed, context.facts, entry, changes, ending)
            return answer

    def _answered(
        self, arrival: Arrival, early_error: ApiError | None, began: float | None
    ) -> tuple[RequestContext, Reaction]:
        """Parse a request, fetch the facts and decide, but record nothing."""
        ledger, clock = self._ledger, self.clock
        moment = clock._moment()
        parsed, number = self._parse(arrival, early_error), ledger.journal.opened
        arrived = moment
        if began is not None:
            waited = 0.0 if clock.frozen else moment.monotonic - began
            arrived = Moment(moment.lane - waited, began)
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
        ended = self.clock._moment()
        ending = Ending(frames_sent, tuple(moments) or (ended,), ended, self.clock.frozen)
        failed = frames_sent < len(answer.chunks) or answer.outcome == CUT
        body = parse_body(arrival, self.settings.body_limit).body if arrival else None
        with self._lock:
            self._ledger.close(answer.exchange, ending, body, failed=failed)

    def reset(self, parts: "Iterable[ResetPart]") -> None:
        """Return parts of the lane to their state at the start; see `Electron.reset`."""
        from mock_electron.engine.reset import RESETS  # for lanes that are used again only

        with self._lock:
            for part in parts:
                RESETS[part](self)

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
        parsed, key = context.parsed, self._ready_key(context)
        known = parsed.replies.get(key) if key else None
        if known is None:
            comes_again = context.facts.occurrence > 0  # most requests never do
            if comes_again:
                self._requests.remember(parsed)
            decision = self._decide(context, key)
            if key is None or not can_be_ready(decision):
                return self._decided_answer(context, decision)
            pace, chunk_tokens = self._requests.pace, self.settings.chunk_tokens
            known = ready_reply(context, decision, key[0], pace, chunk_tokens)
            if comes_again:
                self._requests.add_reply(parsed, key, known, known.size)
            size = parsed.size + known.size
        else:
            size = 0  # the reply and the request belong to an earlier exchange
        outline, changes = known.outline, known.changes
        if not self._requests.are_instant:
            pace, frozen = self._requests.pace, self.clock.frozen
            paced, own_size = paced_answer(context, known, pace, frozen=frozen)
            return paced, outline, changes, FIXED_SIZE + size + own_size
        answer = ReadyAnswer(context.number, known.ready, context.stamp, context.facts.occurrence)
        return answer, outline, changes, FIXED_SIZE + size

    def _ready_key(self, context: RequestContext) -> ReadyKey | None:
        """Return what a ready reply depends on, or None if the reply depends on more than that."""
        parsed, facts = context.parsed, context.facts
        if not (parsed.is_plain and self.is_plain) or facts.limit is not None:
            return None
        assert parsed.request is not None  # it is valid
        variation = varied(parsed.request, self.settings.sampling, facts.occurrence)
        return variation, int(facts.moment.lane // DAY), facts.cached_tokens

    @property
    def is_plain(self) -> bool:
        """Whether the pocket model answers all valid requests, without faults."""
        ledger = self._ledger
        return self._requests.are_steady and not (
            ledger.script.size or ledger.injections.size or self._responder is not None
        )

    def _decided_answer(self, context: RequestContext, decision: Decision) -> Reaction:
        answer = self._built(context, decision)
        if self.rate_limit_headers and decision.is_rate_limited:
            answer = replace(answer, headers=answer.headers + self.rate_limit_headers)
        if self.settings.reveal:
            from mock_electron.engine.reveal import revealed

            number = context.number - self.journal.forgotten
            answer = replace(answer, headers=revealed(answer, decision, number))
        failed = decision.breaks or answer.status != OK
        outline = outline_of(context, decision)
        size = context.parsed.size + size_of_outline(outline, context.parsed.body.body)
        return answer, outline, decision.changes(failed), ENTRY + size + size_of_answer(answer)

    def _built(self, context: RequestContext, decision: Decision) -> Answer:
        settings, pace, frozen = self.settings, self._requests.pace, self.clock.frozen
        reply, request = decision.result, context.parsed.request
        chosen = decision.chosen
        is_spoken = chosen is not None and chosen.step is None and chosen.is_spoken
        has_faults = decision.faults or decision.has_fault_header
        if is_spoken and isinstance(reply, Reply) and request is not None and not has_faults:
            options = SendOptions(pace, (), context.dice, frozen, None, settings.chunk_tokens)
            return reply_answer(context.number, reply, request, context.stamp, options)
        from mock_electron.engine.build_answer import build_answer  # for other answers only

        return build_answer(context, decision, settings, pace, frozen=frozen)

    def _decide(self, context: RequestContext, key: ReadyKey | None) -> Decision:
        """Return the decision on a request. What a user function raises is logged, and answered."""
        self._deciding = get_ident()
        try:
            if key is None:
                return decide(context, self._world)
            return spoken(context, self._world, key[0])
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


def _trace(error: Exception) -> str:
    return "".join(format_exception(error))


def _log(message: str, trace: str, arrival: Arrival) -> None:
    """Log an exception with the text of its traceback, without the API key of the request."""
    text = without_key(f"{message}\n{trace}", secret_of(arrival.authorization))
    logger.error("%s", escape_surrogates(text))
