"""A lane: one isolated world. A request comes in as bytes, and an answer goes out as bytes.

    arrival → identity → authentication → validation → script, else the pocket model → answer

`Lane.open` is synchronous and does no I/O. Chance comes from the seed, the request and its
occurrence, never from the order in which different requests arrive.
"""

from collections import OrderedDict
from datetime import date
from threading import Lock
from typing import Final

from mock_electron.engine import answer as answers
from mock_electron.engine.answer import Answer
from mock_electron.engine.arrival import Arrival, Identity, identify
from mock_electron.engine.clock import CLOCKS, day
from mock_electron.engine.journal import COMPLETE, REFUSED, Exchange, Journal
from mock_electron.engine.keys import authenticate, redact
from mock_electron.engine.responder import Responder, responded
from mock_electron.engine.script import Script, Step
from mock_electron.engine.settings import Settings
from mock_electron.model.completion import CONTEXT_TOKENS, complete
from mock_electron.model.dice import Dice
from mock_electron.model.draft import Draft
from mock_electron.model.speak import dice_for, speak
from mock_electron.model.tokens import count_prompt
from mock_electron.wire import errors
from mock_electron.wire import request as wire_request
from mock_electron.wire.errors import ApiError, Refusal
from mock_electron.wire.render import Stamp
from mock_electron.wire.reply import Reply
from mock_electron.wire.request import ChatRequest

REMEMBERED_DRAFTS: Final = 1_000
"""So many drafts of the pocket model a lane remembers; the oldest is forgotten first."""
COUNTED_REQUESTS: Final = 100_000
"""Of so many different requests a lane knows the occurrences; the longest unseen is forgotten."""


class Lane:
    """One isolated world: settings, script, clock, journal. Safe to use from several threads."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.journal = Journal()
        self._clock = CLOCKS[self.settings.clock]
        self._script = Script()
        self._responder: Responder | None = None
        self._spoken: OrderedDict[tuple[bytes, int, date], Draft] = OrderedDict()
        self._occurrences: OrderedDict[bytes, int] = OrderedDict()
        self._lock = Lock()

    def add(self, step: Step) -> None:
        """Put a step at the end of the script."""
        with self._lock:
            self._script.add(step)

    def respond_with(self, function: Responder) -> None:
        """Let a function answer where the script does not, instead of the pocket model."""
        with self._lock:
            self._responder = function

    def open(self, arrival: Arrival, found: ApiError | None = None) -> Answer:
        """Decide how a request is answered, and write it down. The caller owes a `close`.

        found: the error that the request has met already, before it came here.
        """
        identity = identify(arrival)
        with self._lock:
            occurrence = self._count(identity.fingerprint)
            request, result = (
                self._decide(arrival, identity, occurrence) if found is None else (None, found)
            )
            stamp = self._stamp(identity.fingerprint, occurrence)
            answer = self._answer(arrival, request, result, stamp)
            self.journal.open(
                Exchange(
                    number=answer.exchange,
                    method=arrival.method,
                    path=arrival.path,
                    authorization=redact(arrival.authorization),
                    body=arrival.body,
                    understood=request is not None,
                    status=answer.status,
                    request_id=stamp.request_id,
                    reply=result if isinstance(result, Reply) else None,
                    error=result if isinstance(result, ApiError) else None,
                    occurrence=occurrence,
                    frames=len(answer.frames),
                )
            )
            return answer

    def close(self, answer: Answer, outcome: str, frames_sent: int) -> None:
        """Say how playing an answer ended: complete, or client left."""
        refused = outcome == COMPLETE and answer.status >= 400
        self.journal.close(answer.exchange, REFUSED if refused else outcome, frames_sent)

    def _count(self, fingerprint: bytes) -> int:
        """How often this request came before; it becomes the latest of the counted requests."""
        occurrence = self._occurrences.pop(fingerprint, 0)
        self._occurrences[fingerprint] = occurrence + 1
        if len(self._occurrences) > COUNTED_REQUESTS:
            self._occurrences.popitem(last=False)
        return occurrence

    def _decide(
        self, arrival: Arrival, identity: Identity, occurrence: int
    ) -> tuple[ChatRequest | None, Reply | ApiError]:
        request = None
        try:
            request = self._admit(arrival, identity)
            return request, self._reply(request, occurrence)
        except Refusal as refusal:
            return request, refusal.error

    def _admit(self, arrival: Arrival, identity: Identity) -> ChatRequest:
        authenticate(arrival.authorization, self.settings.api_keys)
        if isinstance(identity.document, Refusal):
            raise identity.document
        return wire_request.read(
            identity.document, accept_json_schema=self.settings.accept_json_schema
        )

    def _reply(self, request: ChatRequest, occurrence: int) -> Reply:
        prompt_tokens = _fitting_prompt(request)
        dice = dice_for(request, self.settings.seed, self.settings.sampling, occurrence)
        draft = self._script.next() or self._respond(request, dice)
        if isinstance(draft, ApiError):
            raise Refusal(draft)
        return complete(
            draft,
            request,
            prompt_tokens,
            dice,
            occurrence=occurrence,
            named_tool_finish=self.settings.named_tool_finish,
        )

    def _respond(self, request: ChatRequest, dice: Dice) -> Draft | ApiError:
        if self._responder is not None:
            return responded(self._responder, request)
        return self._speak(request, dice)

    def _speak(self, request: ChatRequest, dice: Dice) -> Draft:
        """What the pocket model says. It is a pure function, so what it said last is remembered."""
        today = day(self._clock())
        key = (dice.key, dice.variation, today)
        draft = self._spoken.get(key)
        if draft is None:
            draft = self._spoken[key] = speak(request, dice, today)
            if len(self._spoken) > REMEMBERED_DRAFTS:
                self._spoken.popitem(last=False)
        return draft

    def _stamp(self, fingerprint: bytes, occurrence: int) -> Stamp:
        dice = Dice.of(b"%d" % self.settings.seed, fingerprint, b"%d" % occurrence)
        return Stamp("chatcmpl-" + dice.hex("completion"), int(self._clock()), dice.uuid("request"))

    def _answer(
        self, arrival: Arrival, request: ChatRequest | None, result: Reply | ApiError, stamp: Stamp
    ) -> Answer:
        number = self.journal.opened
        if isinstance(result, ApiError):
            where = (arrival.method, arrival.path)
            return answers.of_error(number, result, *where, stamp, self.settings)
        assert request is not None  # only a request gets a reply
        return answers.of_reply(number, result, request, stamp, self.settings)


def _fitting_prompt(request: ChatRequest) -> int:
    """The prompt's tokens. Raises Refusal where they and `max_tokens` exceed the context (D)."""
    prompt_tokens = count_prompt(request)
    completion_tokens = request.max_tokens or 1
    asked = prompt_tokens + completion_tokens
    if asked <= CONTEXT_TOKENS:
        return prompt_tokens
    words = (
        f"This model's context holds {CONTEXT_TOKENS} tokens. The request asks for {asked}: "
        f"{prompt_tokens} in the prompt and {completion_tokens} in the completion."
    )
    raise Refusal(errors.INVALID_REQUEST.saying(words))
