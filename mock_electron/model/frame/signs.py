"""Which reading of an utterance is the likeliest: its signs, and what each sign is worth.

The score of a reading is the sum of its signs, each times its weight. The weights are learned from
conversations, and are data: `weights.json`. `benchmarks/weights.py` learns them again after a sign was
added or the conversations have changed.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from mock_electron.model.decide import ENOUGH
from mock_electron.model.frame.asked import is_asked
from mock_electron.model.frame.begin import closes
from mock_electron.model.frame.evidence import reads, writes
from mock_electron.model.frame.readings import OWN_DOING, WORDS, Reading
from mock_electron.model.frame.scene import Scene, Seen
from mock_electron.wire import codec

LONG: Final = 20
"""Longer utterances count as ones of so many words."""
FEW: Final = 3
SIGNS: Final[Mapping[str, Callable[[Seen], int]]] = {
    # its words
    "points of its words": lambda s: s.points,
    "none of its words": lambda s: s.tool.name not in s.scene.points,
    "points of its own words": lambda s: s.own_points,
    "points in context": lambda s: 0 if s.scene.is_first else s.context_points,
    "enough points": lambda s: s.own_points >= ENOUGH,
    "fewer points than another": lambda s: s.points < s.scene.most_points,
    # its values
    "kinds of values": lambda s: s.evidence,
    "required values said": lambda s: len(s.goal.now & s.required),
    "values said": lambda s: len(s.goal.now),
    "values missing": lambda s: s.left,
    "nothing missing": lambda s: not s.left,
    "requires nothing": lambda s: not s.required,
    # the catalogue
    "several calls": lambda s: len(s.goals) > 1,
    "the first request": lambda s: s.scene.is_first,
    "the first request, and the only tool": lambda s: s.scene.is_first and s.is_only,
    "the first request, the only tool, enough points": lambda s: (
        s.scene.is_first and s.is_only and s.own_points >= ENOUGH
    ),
    "a list of numbers": lambda s: s.is_list,
    # the calls before
    "was made": lambda s: s.is_made,
    "called last": lambda s: s.is_last,
    "called last, and failed": lambda s: s.is_last and s.scene.failed,
    "called last, and short": lambda s: s.is_last and s.scene.utterance.is_elliptic,
    "called last, and amends": lambda s: s.is_last and s.scene.does("amend", "deny"),
    "called last, and follows": lambda s: s.is_last and s.scene.does("follow"),
    "called last, and confirms": lambda s: s.is_last and s.scene.does("confirm"),
    "called last, and thanks": lambda s: s.is_last and s.scene.does("thanks"),
    "called last, kinds of values": lambda s: s.evidence if s.is_last else 0,
    "called before": lambda s: s.tool.name in s.scene.called and not s.is_last,
    "not called yet": lambda s: bool(s.scene.called) and s.tool.name not in s.scene.called,
    # what is open
    "open": lambda s: s.is_open,
    "open, and answers": lambda s: s.is_open and s.answers,
    "open, and confirms": lambda s: s.is_open and s.scene.does("confirm"),
    "open, and denies": lambda s: s.is_open and s.scene.does("deny"),
    "open, and short": lambda s: s.is_open and s.scene.utterance.is_elliptic,
    "another is open": lambda s: bool(s.scene.open) and not s.is_open,
    # the question of the assistant
    "answers": lambda s: s.answers,
    "is asked": lambda s: s.is_asked,
    "is asked, and short": lambda s: s.is_asked and s.scene.utterance.is_elliptic,
    "points of the question": lambda s: s.question_points,
    "points of the question, and confirms": lambda s: (
        s.question_points if s.scene.does("confirm") else 0
    ),
    # what the utterance does
    "a value is all that was said": lambda s: s.is_whole,
    "a value is all that was said, and answers": lambda s: s.is_whole and s.answers,
    "values of the context": lambda s: s.of_context,
    "meant": lambda s: s.is_meant,
    "not meant": lambda s: not s.is_meant,
    "open, and agrees": lambda s: s.is_open and s.scene.utterance.agrees is True,
    "is asked, and disagrees": lambda s: s.is_asked and s.scene.utterance.agrees is False,
    "a change for a question": lambda s: s.scene.utterance.asks and writes(s.tool),
    "a look-up for a question": lambda s: s.scene.utterance.asks and reads(s.tool),
    "a change for a request": lambda s: s.scene.does("request") and writes(s.tool),
    "closes": lambda s: closes(s.tool),
    "closes, and bids farewell": lambda s: closes(s.tool) and s.scene.does("farewell", "finish"),
    "closes, and thanks": lambda s: closes(s.tool) and s.scene.does("thanks"),
    "thanks, and short": lambda s: s.scene.does("thanks") and s.scene.utterance.is_elliptic,
}
"""The signs of a reading that wants a call."""
OF_READINGS: Final[Mapping[str, Callable[[Seen], int]]] = {
    "confirms": lambda s: s.scene.does("confirm"),
    "denies": lambda s: s.scene.does("deny", "refuse"),
    "called last": lambda s: s.is_last,
    "asks": lambda s: s.scene.utterance.asks,
    "amends": lambda s: s.scene.utterance.amends,
    "requests": lambda s: s.scene.utterance.requests,
    "wants the same": lambda s: s.scene.utterance.repeats,
    "a sentence": lambda s: s.scene.utterance.is_sentence,
    "only acts": lambda s: s.scene.utterance.is_bare,
    "holds": lambda s: s.scene.utterance.holds,
    "short": lambda s: s.scene.utterance.is_elliptic,
}
"""Signs that are worth something else for each kind of reading."""
SIGNS_OF_WORDS: Final[Mapping[str, Callable[[Scene], int]]] = {
    "words, the first request": lambda s: s.is_first,
    "words, thanks": lambda s: s.does("thanks"),
    "words, bids farewell": lambda s: s.does("farewell", "finish"),
    "words, greets": lambda s: s.does("greeting"),
    "words, only acts": lambda s: s.utterance.is_bare,
    "words, asks": lambda s: s.utterance.asks,
    "words, denies": lambda s: s.does("deny", "refuse"),
    "words, confirms": lambda s: s.does("confirm"),
    "words, requests": lambda s: s.utterance.requests,
    "words, commands": lambda s: s.utterance.commands,
    "words, amends": lambda s: s.utterance.amends,
    "words, follows": lambda s: s.does("follow"),
    "words, holds": lambda s: s.utterance.holds,
    "words, refuses": lambda s: s.does("refuse"),
    "words, informs": lambda s: s.does("inform"),
    "words, a sentence": lambda s: s.utterance.is_sentence,
    "words, agrees": lambda s: s.utterance.agrees is True,
    "words, disagrees": lambda s: s.utterance.agrees is False,
    "words, somebody's own doing": lambda s: OWN_DOING.search(s.utterance.rest) is not None,
    "words, asked for something": lambda s: is_asked(s.state.reply),
    "words, after a question": lambda s: bool(s.question),
    "words, confirms a question": lambda s: bool(s.question) and s.does("confirm"),
    "words, denies a question": lambda s: bool(s.question) and s.does("deny"),
    "words, a goal is open": lambda s: bool(s.open),
    "words, after a call": lambda s: bool(s.last),
    "words, after a failed call": lambda s: bool(s.last) and s.failed,
    "words, something is pending": lambda s: bool(s.state.pending),
    "words, length": lambda s: min(len(s.utterance.text.split()), LONG),
    "words, short": lambda s: len(s.utterance.text.split()) <= FEW,
    "words, digits": lambda s: any(map(str.isdigit, s.utterance.text)),
    "words, no words of a tool": lambda s: not s.points,
    "words, points of the best tool": lambda s: s.most_points,
    "words, a tool closes": lambda s: any(map(closes, s.turn.request.tools)),
}
"""The signs of the reading that wants words."""


def signs_of(reading: Reading, scene: Scene) -> dict[str, int]:
    """Return the signs of a reading, with their amounts. What has no sign has no amount."""
    if reading.kind == WORDS:
        found = {name: int(sign(scene)) for name, sign in SIGNS_OF_WORDS.items()}
    else:
        seen = Seen(reading.goals, scene)
        found = {name: int(sign(seen)) for name, sign in SIGNS.items()}
        for name, sign in OF_READINGS.items():
            found[f"a reading: {reading.kind}, {name}"] = int(sign(seen))
    found[f"a reading: {reading.kind}"] = 1
    return {name: amount for name, amount in found.items() if amount}


def weighed(reading: Reading, scene: Scene) -> dict[str, int]:
    """Return what each sign of a reading adds to its score."""
    weights = weights_of_signs()
    found = signs_of(reading, scene).items()
    return {name: amount * weights[name] for name, amount in found if name in weights}


def score(reading: Reading, scene: Scene) -> int:
    """Return how likely a reading is, compared with the others of its scene."""
    return sum(weighed(reading, scene).values())


@cache
def weights_of_signs() -> Mapping[str, int]:
    """Return what each sign is worth, by its name."""
    weights = codec.decode(Path(__file__).with_name("weights.json").read_bytes())
    assert isinstance(weights, dict)  # the file is one object
    return weights
