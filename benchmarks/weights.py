"""Learn what each sign of a reading is worth, and write `mock_electron/model/frame/weights.json`.

    pip install numpy
    python benchmarks/weights.py

Each turn of `benchmarks/conversations/` is understood in all its readings. A reading is right
if its calls are, or if it asks or wants words where they are due. The weights make the right
readings likely: a logistic choice among the readings of a turn. The signs of a turn depend on
the weights, because earlier turns are understood with them, so this is done twice. It takes
half a minute, and has one result.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from _conversations import Spoken, is_right, turns
from _options import parser

from mock_electron.model import frame
from mock_electron.model.dice import Dice
from mock_electron.model.frame.readings import WORDS, Reading, readings_of
from mock_electron.model.frame.scene import Scene
from mock_electron.model.frame.signs import signs_of, weights_of_signs
from mock_electron.model.plan import plan_of
from mock_electron.model.speak import content_of, heard_as
from mock_electron.model.turn import Turn
from mock_electron.model.work import Spent, Work
from mock_electron.wire.request import parse_request

FILE: Final = Path(frame.__file__).with_name("weights.json")
TODAY: Final = date(2025, 2, 19)
"""The day of the conversations, a Wednesday."""
ROUNDS: Final = 2
STEPS: Final = 300
PACE: Final = 0.05
DECAY: Final = (0.9, 0.999)
SPREAD: Final = 1.0
"""How much large weights cost."""
RARE: Final = 6
"""A sign of fewer readings gets no weight."""
UNIT: Final = 1000
"""Weights are in thousandths."""
PARTLY: Final = 0.5
"""What a turn counts if no reading is right in all arguments, but some in the tool."""
IMPORTANCE: Final = {"words": 2.0, "asks": 1.0, "calls": 1.0}
AFTER_A_CALL: Final = {"words": 0.7, "calls": 2.0}
"""By what this is multiplied for an utterance that is tried after several calls."""


class Read(NamedTuple):
    """A turn with its readings.

    Attributes:
        signs: The signs of each reading.
        right: Whether each reading is right.
        importance: What the turn counts.
    """

    signs: list[dict[str, int]]
    right: list[bool]
    importance: float


def read(spoken: Spoken) -> Read | None:
    """Return a turn with its readings, or None if none of them is right."""
    body = {"model": "electron", "messages": spoken.messages, "tools": spoken.tools}
    request = parse_request(body)
    content = content_of(request, 0)
    turn = Turn.of(heard_as(request, content), Dice(content.key, 0), TODAY, Work())
    utterance = frame.frame_of(turn).utterance
    scene = Scene(frame.state_of(turn), utterance, turn)
    signs, wholly, partly = [], [], []
    for reading in readings_of(scene):
        signs.append(signs_of(reading, scene))
        turn.known[frame.FRAME] = frame.Frame(utterance, reading.goals)
        good, near = _judged(reading, turn, spoken)
        wholly.append(good)
        partly.append(near)
    right = wholly if any(wholly) else partly
    if not any(right):
        return None
    importance = IMPORTANCE[spoken.kind] * (1.0 if any(wholly) else PARTLY)
    if spoken.style == "after":
        importance *= AFTER_A_CALL[spoken.kind]
    return Read(signs, right, importance)


def _judged(reading: Reading, turn: Turn, spoken: Spoken) -> tuple[bool, bool]:
    """Return whether a reading is right, and whether it is at least right in its tools."""
    plan = plan_of(turn)
    made = [(one.tool.name, dict(one.found.arguments)) for one in plan.ready]
    asked = None if plan.asked is None or made else plan.asked.tool
    tools = list(dict.fromkeys(goal.tool.name for goal in reading.goals))
    good = near = False
    for expected in spoken.expected.get("any", [spoken.expected]):
        if "calls" in expected:
            good |= bool(made) and is_right(made, expected)
            near |= bool(tools) and tools == list(
                dict.fromkeys(call["name"] for call in expected["calls"])
            )
        elif "asks" in expected:
            required = [] if asked is None else asked.parameters.get("required", [])
            good |= asked is not None and set(expected["asks"]) <= set(required)
            near |= not made
        else:
            good |= reading.kind == WORDS
            near |= not made
    return good, near


def learned(found: Sequence[Read]) -> dict[str, int]:
    """Return the weights that make the right readings likely."""
    counted = Counter(name for one in found for signs in one.signs for name in signs)
    names = sorted(name for name, count in counted.items() if count >= RARE)
    places = {name: place for place, name in enumerate(names)}
    most = max(len(one.signs) for one in found)
    amounts = np.zeros((len(found), most, len(names)))
    missing = np.full((len(found), most), -1e9)
    right = np.zeros((len(found), most))
    for row, one in enumerate(found):
        for column, signs in enumerate(one.signs):
            missing[row, column] = 0
            right[row, column] = one.right[column]
            for name, amount in signs.items():
                if name in places:
                    amounts[row, column, places[name]] = amount
    scale = np.array([_typical(amounts[:, :, place]) for place in range(len(names))])
    importance = np.array([one.importance for one in found])
    weights = _descended(amounts / scale, missing, right, importance) / scale
    rounded = {name: round(float(weights[place]) * UNIT) for name, place in places.items()}
    return {name: weight for name, weight in rounded.items() if weight}


def _typical(amounts: Any) -> float:
    """Return a large amount of a sign, by which all of its amounts are divided."""
    used = np.abs(amounts[amounts != 0])
    return max(1.0, float(np.percentile(used, 90)))


def _descended(amounts: Any, missing: Any, right: Any, importance: Any) -> Any:
    """Return the weights after STEPS of Adam."""
    weights = np.zeros(amounts.shape[2])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        likely = _shares(amounts @ weights + missing)
        wanted = likely * right
        wanted /= wanted.sum(1, keepdims=True) + 1e-12
        slope = np.einsum("nk,nkd->d", (likely - wanted) * importance[:, None], amounts)
        slope += SPREAD * weights
        first = DECAY[0] * first + (1 - DECAY[0]) * slope
        second = DECAY[1] * second + (1 - DECAY[1]) * slope * slope
        corrected = np.sqrt(second / (1 - DECAY[1] ** step)) + 1e-8
        weights -= PACE * first / (1 - DECAY[0] ** step) / corrected
    return weights


def _shares(scores: Any) -> Any:
    """Return the probability of each reading of each turn."""
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def main() -> None:
    """Learn the weights, write them, and print how many turns they choose rightly."""
    parser(__doc__).parse_args()
    for _ in range(ROUNDS):
        found, without = [], 0
        for spoken in turns():
            try:
                one = read(spoken)
            except Spent:
                one = None
            without += one is None
            found += [one] if one is not None else []
        weights = learned(found)
        FILE.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
        weights_of_signs.cache_clear()
        good = sum(_is_chosen(one, weights) for one in found)
        print(f"{good} of {len(found)} turns are read rightly; {without} have no right reading")


def _is_chosen(one: Read, weights: dict[str, int]) -> bool:
    scores = [
        sum(amount * weights.get(name, 0) for name, amount in signs.items()) for signs in one.signs
    ]
    return one.right[scores.index(max(scores))]


if __name__ == "__main__":
    main()
