"""The current turn: the last message, the calls and results so far, and the reply's language.

`Said` is the part of it from which arguments are filled. What reads results is imported with the first
call in a history.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.model.dice import Dice
from mock_electron.model.hear import Heard, hear
from mock_electron.model.hints import folded, mentions
from mock_electron.model.language import (
    ENGLISH,
    Language,
    asked_for,
    asked_for_by_system,
    detect,
)
from mock_electron.model.once import once
from mock_electron.model.prose import combination
from mock_electron.model.said import Said
from mock_electron.model.work import RULE, Work
from mock_electron.wire.request import ChatRequest, Message

ASK: Final = "ask"
"""If a value is missing that a tool requires, the model asks for it. Else it invents one."""
BRIEF: Final = 4
"""A text of so few words may look like another language in Latin letters by chance."""
DETECTION: Final = 2_500
"""Units of work to detect the language of a text."""
LONGEST_MESSAGE: Final = 4000
LONGEST_SYSTEM: Final = 20_000
LONGEST_SAID: Final = 2000
MOST_EARLIER: Final = 40
"""Characters of a message and of the system prompts that the rules read, characters that arguments
are taken from, and from how many earlier messages. Anything beyond is ignored, so that no
prompt makes the model slow."""


class Done(Struct, frozen=True):
    """A call that was made in the conversation, and its result if there is one yet."""

    name: str
    arguments: object
    result: str | None


CALLERS: Final = ("caller", "customer", "user", "guest", "patient", "member", "client")
OF_THE_CALLER: Final = regex(
    r"\b(?:caller|customer|user|guest|patient|member|client)(?:'s [a-z ]{2,30})?"
    r" (?:is|has|lives|calls from|is calling from)\b[^.!?\n]{1,120}",
    re.IGNORECASE,
)
"""What is known about who speaks."""
MOST_FACTS: Final = 5


class Turn(Struct, frozen=True, dict=True):
    """A request, from the point of view of the next reply.

    Attributes:
        request: The request.
        dice: The source of all choices.
        today: The lane's day.
        missing: What happens if a value is missing that a tool requires: "ask" or "invent".
        work: The budget of the request.
        asked: Everything that the user said, in order.
        written: The last message of the user as it was written, as far as the rules read it.
        system: The system prompts, together, as far as the rules read them.
        before: The messages before the last user message.
        since: The messages after the last user message.
        readings: What was read for the arguments, as `Said.readings`. Clear it to free the memory
            at once.
    """

    request: ChatRequest
    dice: Dice
    today: date
    missing: str
    work: Work
    asked: tuple[str, ...]
    written: str
    system: str
    before: tuple[Message, ...]
    since: tuple[Message, ...]
    readings: dict[tuple[str, tuple[str, ...]], Any]

    @classmethod
    def of(
        cls, request: ChatRequest, dice: Dice, today: date, work: Work, missing: str = ASK
    ) -> "Turn":
        """Return the turn of a request, with nothing read for the arguments."""
        messages = request.messages
        asked: list[str] = []
        prompts: list[str] = []
        start = question = -1
        for place, message in enumerate(messages):
            content, role = message.content, message.role
            if content and role == "user":
                if place and asked and messages[place - 1].role == "user":
                    asked[-1] = f"{asked[-1]}\n{content}"  # they are one utterance
                    question = place
                elif not _is_note(content, messages, place) or not asked:
                    asked.append(content)
                    start = question = place
            elif content and role == "system":
                prompts.append(content)
        last = asked[-1][:LONGEST_MESSAGE].strip() if asked else ""
        system = "\n".join(prompts)[:LONGEST_SYSTEM] if prompts else ""
        return cls(
            request,
            dice,
            today,
            missing,
            work,
            tuple(asked),
            last,
            system,
            messages[:start],
            messages[question + 1 :],
            {},
        )

    @once
    def heard(self) -> Heard:
        """The last message as it was meant, with its values."""
        return self._heard(self.written)

    def meant(self, text: str) -> str:
        """What an earlier message means, as one types it."""
        return self._heard(text[:LONGEST_MESSAGE].strip()).text

    def _heard(self, text: str) -> Heard:
        today = self.day if self.request.tools else self.today
        return hear(text, self.spoken_language, today, self.work)

    @once
    def message(self) -> str:
        """The last thing that the user said, as one types it."""
        return self.heard.text

    @once
    def hints(self) -> str:
        """The message in lowercase, as `folded` returns it."""
        return folded(self.message)

    @once
    def prompt_hints(self) -> str:
        """The system prompts and the message in lowercase."""
        return f"{folded(self.system)}\n{self.hints}" if self.system else self.hints

    @once
    def language(self) -> Language:
        """The language that a prompt asks for, otherwise that of the last message that shows one."""
        wanted = asked_for_by_system(self.system) if self.system else None
        return wanted or asked_for(self.message, self.hints) or self.spoken_language

    @once
    def spoken_language(self) -> Language:
        """The language that the user speaks."""
        brief = None
        for text in reversed(self.asked):
            if " " not in text and self.asked[1:] and any(map(str.isdigit, text)):
                continue  # a number or an id has no language
            self.work.charge(DETECTION)
            language = detect(text)
            is_code = " " not in text and any(map(str.isdigit, text))
            if language is None or (is_code and len(self.asked) > 1):
                continue
            if language.script or language is ENGLISH or text.count(" ") >= BRIEF:
                return language
            brief = brief or language  # "non veg" is no Italian, unless what was said before is
        if brief is not None and brief is not ENGLISH and len(self.asked) == 1:
            return brief
        return brief or ENGLISH

    @once
    def done(self) -> tuple[Done, ...]:
        """The calls made since the user spoke last."""
        return done_in(self.since, self.work) if self.since else ()

    @once
    def done_before(self) -> tuple[Done, ...]:
        """The calls made before the user spoke last."""
        return done_in(self.before, self.work) if self.before else ()

    def phrase(self, kind: str, **values: str) -> str:
        """A phrase of this kind in the turn's language, with values in the places for them."""
        [text] = combination([self.language.phrases[kind]], self.dice)
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    @once
    def known(self) -> dict[str, Any]:
        """What others have found out about the turn."""
        return {}

    @property
    def asks(self) -> bool:
        """Whether a question is due if a value is missing that a tool requires."""
        return self.missing == ASK and self.request.tool_choice == "auto"

    @once
    def day(self) -> date:
        """The day on which the user speaks: the one that a prompt or a message names, or today."""
        from mock_electron.model.act.day import HINTS, stated_day  # for requests with tools

        for text in (self.written, *reversed(self.asked[:-1][-MOST_EARLIER:]), self.system):
            hints = folded(text)
            if mentions(hints, HINTS):
                self.work.charge(len(text))
                day = stated_day(text, hints)
                if day is not None:
                    return day
        return self.today

    @once
    def said(self) -> Said:
        """The last user message with the messages before it."""
        return self._said(self.message, self._contents_before)

    def saying(self, text: str) -> Said:
        """A text alone, without the messages before it."""
        return self._said(text, ())

    def said_by_now(self, text: str) -> Said:
        """A part of the message with everything before it, including results."""
        if text is self.message and self.by_now == self._contents_before:
            return self.said
        return self._said(text, self.by_now)

    @once
    def _contents_before(self) -> tuple[str, ...]:
        return self._contents(self.before) if self.before else ()

    @once
    def by_now(self) -> tuple[str, ...]:
        """What the user, the tools and at last the prompt have said, newest first."""
        since = self._contents(self.since) if self.since else ()
        return since + self._contents_before + self._known_of_the_caller

    @once
    def _known_of_the_caller(self) -> tuple[str, ...]:
        """What the prompt says about who speaks: "The caller is in room 614."."""
        if not mentions(folded(self.system), CALLERS):
            return ()
        self.work.charge(len(self.system))
        return tuple(match[0] for match in OF_THE_CALLER.finditer(self.system))[:MOST_FACTS]

    def _contents(self, messages: tuple[Message, ...]) -> tuple[str, ...]:
        """What the user and the tools said, newest first, as far as arguments are taken from it."""
        spoken = [m for m in reversed(messages) if m.content and m.role in ("user", "tool")]
        tools = {call.id: call.name for message in messages for call in message.tool_calls}
        return tuple([self._said_in(message, tools) for message in spoken[:MOST_EARLIER]])

    def _said_in(self, message: Message, tools: Mapping[str, str]) -> str:
        """What a message says.

        Args:
            message: A message of the user or of a tool.
            tools: The names of the called tools by the ids of the calls.
        """
        content = message.content or ""
        if message.role == "user":
            said = content[:LONGEST_SAID]
            return self._heard(said).text
        from mock_electron.model.results import as_document, reading_cost

        self.work.charge(reading_cost(content))
        return as_document(content, tools.get(message.tool_call_id or "", "result"))

    def _said(self, text: str, earlier: tuple[str, ...]) -> Said:
        heard = tuple([one[:LONGEST_SAID] for one in earlier[:MOST_EARLIER]]) if earlier else ()
        text = text[:LONGEST_SAID]
        spoken = text.lower() if " " in text and text.isupper() else text  # shouted words are words
        return Said(spoken, heard, self.day, self.spoken_language, self.work, self.readings)


def _is_note(content: str, messages: tuple[Message, ...], place: int) -> bool:
    """Return whether a user message is a note of a framework, right after a result."""
    if not place or messages[place - 1].role != "tool":
        return False
    from mock_electron.model.act.notes import is_note  # for requests with results

    return is_note(content)


def done_in(messages: tuple[Message, ...], work: Work) -> tuple[Done, ...]:
    """Return the calls in messages, with their results."""
    if not any(message.tool_calls for message in messages):
        return ()
    return tuple(_calls_in(messages, work))


def _calls_in(messages: tuple[Message, ...], work: Work) -> Iterator[Done]:
    from mock_electron.model.results import reading_cost, value_of

    results = {m.tool_call_id: m.content or "" for m in messages if m.role == "tool"}
    for message in messages:
        for call in message.tool_calls:
            work.charge(RULE + reading_cost(call.arguments))
            yield Done(call.name, value_of(call.arguments), results.get(call.id))
