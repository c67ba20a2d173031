"""The JSON Schema of the answer of `/lanes/{name}/turns`. Times are in milliseconds."""

from typing import Final

from mock_electron.control.answers import (
    COUNT,
    INTEGER,
    OPTIONAL_NUMBER,
    SWITCH,
    answer_of,
    list_of,
)
from mock_electron.control.schemas import NUMBER, TEXT

SILENCE: Final = answer_of("silence", {"start": NUMBER, "end": NUMBER})
UTTERANCE: Final = answer_of(
    "utterance", {"text": TEXT, "arrived": NUMBER, "start": NUMBER, "end": NUMBER}
)
TOOL_RUN: Final = answer_of(
    "tool run", {"name": TEXT, "call_id": TEXT, "called": NUMBER, "result": OPTIONAL_NUMBER}
)
TURN: Final = answer_of(
    "turn",
    {
        "conversation": COUNT,
        "number": COUNT,
        "said": TEXT,
        "exchanges": list_of(COUNT),
        "began": NUMBER,
        "first_content": OPTIONAL_NUMBER,
        "fillers": list_of(UTTERANCE),
        "tools": list_of(TOOL_RUN),
        "answer": list_of(UTTERANCE),
        "answered_at": OPTIONAL_NUMBER,
        "silences": list_of(SILENCE),
        "longest_silence": NUMBER,
        "overlap": NUMBER,
    },
)
TURNS: Final = answer_of("turns", {"turns": list_of(TURN), "timed": SWITCH, "speech_rate": INTEGER})
