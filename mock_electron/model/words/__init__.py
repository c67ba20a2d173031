"""Text replies: a table of rules. The first rule that returns a reply decides.

To add a rule, write a function that takes the Turn and returns the reply, or None if it does not
apply. Add it to RULES, which is ordered from narrow to broad, and add a row to the table in
tests/test_words.py. If every message that the rule answers contains one of a few words, add them to
HINTS: then the rule is not tried for other messages.
"""

from collections.abc import Callable, Mapping
from typing import Final

from mock_electron.model import prose
from mock_electron.model.turn import Turn
from mock_electron.model.words.arithmetic import (
    ARITHMETIC_HINTS,
    COUNTING_HINTS,
    arithmetic,
    counting,
)
from mock_electron.model.words.exact import (
    ONE_WORD,
    ONE_WORD_HINT,
    POSITIVE,
    SAYING,
    echo,
    exactly_what_was_asked,
    in_one_word,
    one_or_the_other,
)
from mock_electron.model.words.memory import from_the_conversation, who_are_you
from mock_electron.model.words.small_talk import silence, small_talk
from mock_electron.model.words.texts import (
    LIST_HINTS,
    SUMMARY_HINTS,
    TRANSLATION_HINTS,
    a_number_of_items,
    summary,
    translation,
)

Rule = Callable[[Turn], str | None]


def answer(turn: Turn) -> str:
    """The reply to what the user said last."""
    reply = _reply(turn)
    if ONE_WORD_HINT not in turn.prompt_hints:
        return reply
    return in_one_word(reply) if ONE_WORD.search(f"{turn.system}\n{turn.message}") else reply


def _reply(turn: Turn) -> str:
    """The reply of the first rule that applies."""
    message, prompts = turn.hints, turn.prompt_hints
    for rule, hints, reads_prompts in TRIED:
        text = prompts if reads_prompts else message
        for hint in hints:
            if hint in text:
                break
        else:
            continue
        reply = rule(turn)
        if reply is not None:
            return reply
    raise AssertionError("the last rule answers everything")


def sentences(turn: Turn) -> str:
    """Anything else: sentences that take up the subject."""
    count = None
    for hint in prose.LENGTH_HINTS:  # not `mentions`, because every message comes here
        if hint in turn.prompt_hints:
            count = prose.sentence_count(f"{turn.system}\n{turn.message}")
            break
    return prose.answer(turn.message, turn.hints, count, turn.language, turn.dice)


RULES: Final[tuple[Rule, ...]] = (
    silence,
    one_or_the_other,
    exactly_what_was_asked,
    echo,
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

HINTS: Final[Mapping[Rule, tuple[str, ...]]] = {
    summary: SUMMARY_HINTS,
    translation: TRANSLATION_HINTS,
    counting: COUNTING_HINTS,
    arithmetic: ARITHMETIC_HINTS,
    a_number_of_items: LIST_HINTS,
}
"""Words of which every message that a rule answers contains one. A rule without hints is tried for
every message; some have hints for a part of their work."""
PROMPT_HINTS: Final[Mapping[Rule, tuple[str, ...]]] = {
    one_or_the_other: POSITIVE,
    exactly_what_was_asked: SAYING,
}
"""The same for rules that read the system prompts too: the prompts or the message contain one."""
ANY_TEXT: Final = ("",)
"""The hint that every text contains."""
TRIED: Final = tuple(
    (rule, PROMPT_HINTS.get(rule) or HINTS.get(rule, ANY_TEXT), rule in PROMPT_HINTS)
    for rule in RULES
)
"""Each rule with its hints, and whether they may be in the system prompts."""
