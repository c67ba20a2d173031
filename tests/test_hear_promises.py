"""Promises of `model/hear/` about every text."""

import sys
from types import FrameType
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from test_hear import TODAY

from mock_electron.model.hear import hear, passes
from mock_electron.model.hear.kinds import scan
from mock_electron.model.language import LANGUAGES
from mock_electron.model.work import Work

SPOKEN: Final = """
    a i the um uh like you know no wait sorry mean make it that not but actually nahi matlab இல்ல नहीं one two three
    four seven ten twelve twenty thirty hundred thousand lakh million double triple oh o point and or half quarter
    past to till at around for in of from between o'clock baje बजे மணிக்கு am pm p m morning evening night subah raat
    tomorrow friday saturday june april may third second twenty first 5 30 7:30 2.5 1,200 3rd %, $5 dot com gmail
    underscore dash slash b c x as apple saadhe sawa dhai एक पाँच सुबह ஐந்து காலை आधा घंटा hour an rupees percent kar do
    , . ? ! " ' “ ” \n - / : ( mumbai Pune
""".split()
TEXTS: Final = st.lists(st.sampled_from([*SPOKEN, " "]), max_size=14).map(" ".join) | st.text()
CODES: Final = st.sampled_from(("en", "hi", "ta", "de", "zh", "fr"))


REPEATED: Final = (
    "three no four ", "um you know ", "a b four two ", "two hundred and six ", "x dot com ", "not friday but ",
    "double five oh ", "at quarter to six ", "the second of may and ", "kal subah saadhe nau baje nahi ", "in pune no ",
)  # fmt: skip


@given(TEXTS, CODES)
def test_a_heard_text_is_its_own_meaning(text: str, code: str) -> None:
    """To hear a text that was heard changes nothing."""
    once = hear(text, LANGUAGES[code], TODAY, Work(10**9))
    again = hear(once.text, once.language, TODAY, Work(10**9))
    assert again.text == once.text


@given(TEXTS, CODES)
def test_values_are_inside_the_text_and_in_order(text: str, code: str) -> None:
    """No two values overlap, and each comes from a part of what was said."""
    heard = hear(text, LANGUAGES[code], TODAY, Work(10**9))
    end = 0
    for span in heard.spans:
        assert end <= span.start < span.end <= len(heard.text)
        assert heard.source(span) in text
        end = span.end


@given(TEXTS, CODES)
def test_values_of_any_text_are_in_order(text: str, code: str) -> None:
    """This holds for texts that were not heard, too: parts of messages and tool results."""
    end = 0
    for span in scan(text, LANGUAGES[code], TODAY, Work(10**9)):
        assert end <= span.start < span.end <= len(text)
        end = span.end


def test_the_work_is_linear() -> None:
    """A text that is ten times as long takes about ten times the function calls, and is charged."""
    for text in REPEATED:
        calls, charged = zip(*(_effort(text * times) for times in (50, 500)), strict=True)
        assert calls[1] <= 11 * calls[0], text
        assert charged[1] <= 11 * charged[0], text
        assert calls[1] <= charged[1], text


def _effort(text: str) -> tuple[int, int]:
    """The number of function calls to hear a text, and the units of work that are charged."""
    work, calls = Work(10**9), 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        passes._steps(text, LANGUAGES["en"], TODAY, work)
    finally:
        sys.setprofile(before)
    return calls, work.used
