"""Text replies: a table of rules. The first rule that returns a reply decides.

To add a rule, write a function that takes the Turn and returns the reply, or None if it does not
apply. Add it to RULES, which is ordered from narrow to broad, and add a row to the table in
tests/test_words.py.
"""

from collections.abc import Callable
from typing import Final

from mock_electron.model import prose
from mock_electron.model.turn import Turn
from mock_electron.model.words.arithmetic import arithmetic, counting
from mock_electron.model.words.exact import (
    ONE_WORD,
    exactly_what_was_asked,
    in_one_word,
    one_or_the_other,
)
from mock_electron.model.words.memory import from_the_conversation, who_are_you
from mock_electron.model.words.small_talk import silence, small_talk
from mock_electron.model.words.texts import a_number_of_items, summary, translation

Rule = Callable[[Turn], str | None]


def answer(turn: Turn) -> str:
    """The reply to what the user said last."""
    answers = (rule(turn) for rule in RULES)
    reply = next(reply for reply in answers if reply is not None)
    return in_one_word(reply) if ONE_WORD.search(f"{turn.system}\n{turn.message}") else reply


def sentences(turn: Turn) -> str:
    """Anything else: sentences that take up the subject."""
    prompt = f"{turn.system}\n{turn.message}"
    return prose.answer(turn.message, prompt, turn.language, turn.dice)


RULES: Final[tuple[Rule, ...]] = (
    silence,
    one_or_the_other,
    exactly_what_was_asked,
    who_are_you,
    from_the_conversation,
    summary,
    translation,
    counting,
    arithmetic,
    a_number_of_items,
    small_talk,
    sentences,
)
