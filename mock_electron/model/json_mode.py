"""JSON mode: one object, with the keys that the prompt puts in quotation marks (D: one object)."""

import re
from typing import Final

from mock_electron.model import prose
from mock_electron.model.dice import Dice
from mock_electron.wire import codec

KEYS_ASKED: Final = re.compile(r"\b(?:keys?|fields?|propert(?:y|ies)|json)\b", re.IGNORECASE)
QUOTED_KEY: Final = re.compile(r"[\"'`“]([A-Za-z_][A-Za-z0-9_]*)[\"'`”]")


def answer(prompt: str, message: str, dice: Dice) -> str:
    """An object in JSON. `prompt` is all text that may name keys, `message` the last question."""
    keys = QUOTED_KEY.findall(prompt) if KEYS_ASKED.search(prompt) else []
    words = prose.answer(message, dice)
    return codec.encode_arguments(dict.fromkeys(keys or ["answer"], words))
