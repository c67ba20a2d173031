"""Notes of a framework: messages that say how to answer, and ask for nothing.

Agent frameworks send such a message with the role of the user after the result of a tool: "Keep it
under 20 words", "Use the tool's output to answer". It does not begin a new turn.
"""

import re
from typing import Final

from mock_electron._regex import regex
from mock_electron.model.hints import folded, mentions

LONGEST: Final = 300
"""The maximum number of characters of a note."""
NOTE_HINTS: Final = (
    "word", "sentence", "short", "brief", "concise", "note", "tool", "output", "result", "respond",
    "answer", "reply", "summar", "above", "continue", "speak",
)  # fmt: skip
NOTE: Final = regex(
    r"\W*(?:please |now |then |ok(?:ay)?,? |system )*"
    r"(?:\[|\(|note\b|reminder\b|keep (?:it|your|the)\b|be (?:brief|concise|short)\b"
    r"|(?:use|look at|read|consider|check|given|based on|according to|considering) (?:the|your|this|these|that)"
    r" (?:\w+ |\w+'s |\w+’s ){0,3}(?:tools?|outputs?|results?|functions?|responses?|information|data)\b"
    r"|(?:answer|respond|reply|summari[sz]e|continue|speak|explain|phrase|say it|tell (?:me|the user|them|the caller))\b"
    r"(?! about)[^?]{0,80}\b(?:words?|sentences?|short|brief\w*|concise\w*|now|above|tools?|outputs?|results?|user|caller|question|plain|natural\w*|friendly|politely|english|hindi|tamil)\b"
    r"|in (?:at most |under |less than |no more than )?\w+ (?:words?|sentences?)\b"
    r"|(?:no|at most|under|less than) (?:more than )?\w+ (?:words?|sentences?)\b)",
    re.IGNORECASE,
)


def is_note(text: str) -> bool:
    """Return whether a message only says how to answer."""
    if len(text) > LONGEST or "?" in text or not mentions(folded(text), NOTE_HINTS):
        return False
    return NOTE.match(text) is not None
