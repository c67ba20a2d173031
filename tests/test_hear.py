"""What was said in English, as one types it, and the values in it: `model/hear/`."""

from datetime import date
from typing import Any, Final

from rows import each_of

from mock_electron.model.hear import Heard, hear
from mock_electron.model.language import ENGLISH, detect
from mock_electron.model.work import Work

TODAY: Final = date(2025, 2, 19)
"""A Wednesday."""


def heard(text: str) -> Heard:
    """A message in its own language."""
    return hear(text, detect(text) or ENGLISH, TODAY, Work(10**8))


def values(text: str, *kinds: str) -> list[Any]:
    """The values of these kinds in a message."""
    return [span.value for span in heard(text).spans if span.kind in kinds]


@each_of(
    [
        # numbers
        ("twenty five", "25"),
        ("twenty-five", "25"),
        ("two hundred and six", "206"),
        ("a hundred and twenty five euros", "125 euros"),
        ("one thousand two hundred and thirty four", "1234"),
        ("twenty one thousand five hundred", "21500"),
        ("eighteen hundred", "1800"),
        ("two million", "2000000"),
        ("one and a half million", "1500000"),
        ("five lakh twenty thousand", "520000"),
        ("three point five percent", "3.5 percent"),
        ("two and a half kilos", "2.5 kilos"),
        ("half a dozen eggs", "6 eggs"),
        ("four hundred and a quarter", "400.25"),
        ("nine and a quarter", "9.25"),
        ("my p n r two four five six one", "my PNR 24561"),
        ("m as in mike another m", "MM"),
        ("um on the twenty eighth of next month", "on 28th of next month"),
        ("thirty one and a half kilos", "31.5 kilos"),
        ("a dozen roses", "12 roses"),
        ("it costs two fifty", "it costs 250"),
        ("four ninety nine", "499"),
        ("twenty twenty five", "2025"),
        ("party of six", "party of 6"),
        ("two to three days", "2 to 3 days"),
        ("five or six people", "5 or 6 people"),
        ("the widths four ten and twelve", "the widths 4 10 and 12"),
        ("set it to minus four point five", "set it to -4.5"),
        ("negative twelve", "-12"),
        ("nine minus four", "9 minus 4"),
        ("three and half kilos", "3.5 kilos"),
        ("my other one two two four six", "my other one 2246"),
        ("oh a twelve", "oh a 12"),
        ("four pounds seventy five", "4.75 pounds"),
        ("one metre ninety tall", "1.90 metre tall"),
        ("sixteen hundred a month in cork", "1600 a month in cork"),
        ("born second of august seventy one", "born 2 August 1971"),
        ("tuesday the ninth of april last year", "tuesday 9 April last year"),
        # no correction
        ("it's navy and no zip", "it's navy and no zip"),
        ("with breakfast but no parking", "with breakfast but no parking"),
        # digit strings
        ("it's eight eight oh one five", "it's 88015"),
        ("double nine one two", "9912"),
        ("oh eight five triple two four one seven", "085222417"),
        ("my zip code is nine oh two one oh", "my zip code is 90210"),
        ("which pharmacy is near five oh six double seven", "which pharmacy is near 50677"),
        ("session number forty two nineteen", "session number 4219"),
        ("room three oh five", "room 305"),
        ("extension four two", "extension 42"),
        # spelled ids
        ("a as in apple b four two", "AB42"),
        ("a as in apple four two", "A42"),
        ("s for sierra two two oh seven five", "S22075"),
        ("the reference is c as in charlie l seven seven oh two", "the reference is CL7702"),
        ("the tracking is g x double one four oh five six", "the tracking is GX114056"),
        ("my postcode is b s one four d j", "my postcode is BS14DJ"),
        ("the plate is k p one six z r d", "the plate is KP16ZRD"),
        ("it's bravo charlie four seven", "it's BC47"),
        ("the code is x ray nine bravo", "the code is X9B"),
        ("my policy number is h l seven seven two double oh four", "my policy number is HL772004"),
        ("order number t dash four four seven", "order number T-447"),
        ("gate b twenty two", "gate B22"),
        ("seat fourteen c", "seat 14C"),
        ("he's in four c", "he's in 4C"),
        ("i'm on the a forty near northolt", "i'm on the A40 near northolt"),
        # times
        ("seven thirty pm", "7:30 pm"),
        ("seven thirty p m", "7:30 pm"),
        ("how about seven p.m", "how about 7 pm"),
        ("quarter to six", "5:45 pm"),
        ("a slot at quarter past ten", "a slot at 10:15"),
        ("half past nine in the morning", "9:30 am"),
        ("a table about half eight for us", "a table about 8:30 pm for us"),
        ("it's a two car garage", "it's a 2 car garage"),
        ("is it open on the twenty first till six", "is it open on the 21st till 6 pm"),
        ("could we say half four", "could we say 4:30 pm"),
        ("at twenty five past three in the afternoon", "at 3:25 pm"),
        ("at five to nine", "at 8:55"),
        (
            "a slot at ten to six for the parents evening",
            "a slot at 5:50 pm for the parents evening",
        ),
        ("meet at 4:10 in the afternoon", "meet at 4:10 pm"),
        ("around six in the evening", "around 6 pm"),
        ("tomorrow evening at six", "tomorrow 6 pm"),
        ("let's do eight o'clock", "let's do 8:00"),
        ("at twelve noon", "at 12 pm"),
        ("nine at night", "9 pm"),
        ("between nine and eleven in the morning", "between 9 am and 11 am"),
        ("from nine thirty till eleven", "from 9:30 till 11:00"),
        ("any time after four", "any time after 4 pm"),
        ("can you do nine fifteen instead", "can you do 9:15 instead"),
        ("could i come monday at ten", "could i come monday at 10:00"),
        ("wake me up at six", "wake me up at 6 am"),
        ("dinner for two at eight", "dinner for 2 at 8 pm"),
        ("nine oh five am", "9:05 am"),
        ("can i move it to nine thirty", "can i move it to 9:30"),
        ("at half six in the evening", "at 6:30 pm"),
        ("tonight at nine", "tonight at 9 pm"),
        ("this evening around eight thirty", "this evening around 8:30 pm"),
        # dates
        ("the third of june", "3 June"),
        ("from the first of april", "from 1 April"),
        ("april twelfth", "April 12"),
        ("on may twenty third", "on May 23"),
        ("twenty third april", "23 April"),
        ("fourth of july at noon", "4 July at noon"),
        ("the thirty first of december", "31 December"),
        ("june fifth nineteen eighty seven", "June 5, 1987"),
        ("first of january twenty twenty six", "1 January 2026"),
        ("between the first and the tenth of february", "between 1 February and 10 February"),
        ("from the second of april to the sixth", "from 2 April to 6 April"),
        ("on the fifth", "on the 5th"),
        ("the twenty second", "the 22nd"),
        ("the morning of the fifth", "the morning of the 5th"),
        ("the second of the eleventh seventy four", "2 November 1974"),
        ("on the seventh of the tenth", "on 7 October"),
        ("the first of the two", "the first of the 2"),
        ("after work so five ish", "after work so 5 pm ish"),
        ("ten ish people", "10 ish people"),
        ("on tuesday the fourth", "on tuesday the 4th"),
        ("for the fourteenth through the seventeenth of march", "for 14 March through 17 March"),
        # durations
        ("half an hour", "30 minutes"),
        ("quarter of an hour", "15 minutes"),
        ("an hour and a half", "1.5 hours"),
        ("two and a half hours", "2.5 hours"),
        ("forty five minutes", "45 minutes"),
        # addresses
        ("john dot smith at gmail dot com", "john.smith@gmail.com"),
        ("it's mona underscore j at outlook dot com", "it's mona_j@outlook.com"),
        ("my email is priya sharma at gmail dot com", "my email is priyasharma@gmail.com"),
        ("s dot kumar ninety two at yahoo dot co dot in", "s.kumar92@yahoo.co.in"),
        ("send it to r a v i at outlook dot com", "send it to ravi@outlook.com"),
        ("send it to lee at lee shop dot com", "send it to lee@leeshop.com"),
        ("john at the rate gmail dot com", "john@gmail.com"),
        ("www dot example dot com slash help", "www.example.com/help"),
        ("go to www dot my shop dot com", "go to www.myshop.com"),
        # quotation marks
        ('"book a cab"', "book a cab"),
        ("“book a cab”", "book a cab"),
    ]
)
def test_a_spoken_form_is_written_as_one_types_it(said: str, meant: str) -> None:
    """Numbers, ids, times, dates and addresses in words become figures and signs."""
    assert heard(said).text == meant


@each_of(
    [
        ("um i need a cab", "i need a cab"),
        ("i need uh a cab", "i need a cab"),
        ("Um, I need a cab.", "I need a cab."),
        ("i need you know a table", "i need a table"),
        ("for like four people", "for 4 people"),
        ("at like six", "at 6 pm"),
        ("um", "um"),
        ("uh huh", "uh huh"),
        ("do you know the time", "do you know the time"),
        ("i want you to know", "i want you to know"),
        ("you know what i want", "you know what i want"),
        ("i like movies like inception", "i like movies like inception"),
    ]
)
def test_fillers_go(said: str, meant: str) -> None:
    """Words that mean nothing go, unless they are all that was said, or mean something here."""
    assert heard(said).text == meant


@each_of(
    [
        ("make it three no four", "make it 4"),
        ("five no actually make that six", "6"),
        ("i need five sorry i mean fifty", "i need 50"),
        ("for two i mean three people", "for 3 people"),
        ("two rooms no three rooms", "3 rooms"),
        ("uh make the pepperoni four no sorry three", "make the pepperoni 3"),
        ("friday no wait saturday", "saturday"),
        ("with tanya on friday no wait saturday at eleven", "with tanya on saturday at 11:00"),
        ("on friday sorry on saturday", "on saturday"),
        ("at six no seven", "at 7 pm"),
        ("thursday the sixth no friday the seventh", "friday the 7th"),
        ("at six pm no wait seven pm", "at 7 pm"),
        ("saturday not friday", "saturday"),
        ("not monday tuesday", "tuesday"),
        ("not on monday but on tuesday", "on tuesday"),
        ("not tomorrow i meant saturday", "saturday"),
        ("in delhi no wait mumbai", "in mumbai"),
        ("in delhi sorry in mumbai", "in mumbai"),
        ("to the airport no to the station", "to the station"),
        ("delhi to mumbai no wait pune to mumbai", "pune to mumbai"),
        ("my name is tom sorry tim", "my name is tim"),
        ("she said violin sorry not guitar", "she said violin"),
        ("Book it for Friday, no wait, Saturday.", "Book it for Saturday."),
    ]
)
def test_a_correction_replaces_what_it_corrects(said: str, meant: str) -> None:
    """The value after "no wait" replaces the nearest one of its kind, a name the name before."""
    assert heard(said).text == meant


@each_of(
    [
        (text,)
        for text in (
            "Book a table for two people tomorrow at half past seven, please.",
            "May I have one of them?",
            "may i have a second please",
            "Give me a second.",
            "Add two and three.",
            "What is 37 * 19?",
            "Set a timer for ten minutes.",
            "Set the volume to 7.",
            "I want to order five burgers and six wings, thanks.",
            "No, thank you.",
            "no problem",
            "no wait",
            "no one called me",
            "is there a house no 5 here",
            "let me do that",
            "do you have a table",
            "I actually like it",
            "well actually i changed my mind",
            "sorry could you repeat that",
            "i want to go to pune no problem",
            "I mean it.",
            "march is fine",
            "on the one hand",
            "the third one please",
            "a good one",
            "go to the second floor",
            "Alice-One-Two is here",
            "repeat after me: um hi",
            "say seven thirty pm",
            "translate twenty five to german",
            'tell her "um see you at seven thirty pm"',
            "the price is 1,200.50 for 2.5 kg",
            "Flight 2022-04-27 afternoon",
            "Refund order B-99",
            "a two wheeler",
            "one way to pune",
            "in the middle of may",
            "the dot com boom",
            "Use the first tool, not the second.",
        )
    ]
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    """What is typed, or means something else, is not changed by a byte."""
    assert heard(text).text == text


@each_of(
    [
        ("Book a table at half past seven in the evening, please.", "time", ["19:30"]),
        ("Wake me at a quarter to six, please.", "time", ["05:45"]),
        ("Meet me at 4:10 in the afternoon.", "time", ["16:10"]),
        ("We meet tomorrow evening at 6:30.", "time", ["18:30"]),
        ("At 17:30 or 5 p.m., please.", "time", ["17:30", "17:00"]),
        ("Is noon fine?", "time", ["12:00"]),
        ("Come on the third of June, please.", "date", ["2025-06-03"]),
        ("next Friday", "date", ["2025-02-21"]),
        ("friday next week", "date", ["2025-02-28"]),
        ("next week wednesday", "date", ["2025-02-26"]),
        ("on tuesday the fourth", "date", ["2025-03-04"]),
        ("this evening", "date", ["2025-02-19"]),
        ("2025.3.14", "date", ["2025-03-14"]),
        ("2025/3/14", "date", ["2025-03-14"]),
        ("2025 June 9th", "date", ["2025-06-09"]),
        ("9 June, 2025", "date", ["2025-06-09"]),
        ("June 9th, 2025", "date", ["2025-06-09"]),
        ("3/4/2025", "date", ["2025-04-03"]),
        ("in three weeks", "date", ["2025-03-12"]),
        ("two weeks from now", "date", ["2025-03-05"]),
        ("the day after tomorrow", "date", ["2025-02-21"]),
        ("day before yesterday", "date", ["2025-02-17"]),
        ("what did i spend since the tenth of february", "date", ["2025-02-10"]),
        ("on the twenty fifth", "date", ["2025-02-25"]),
        ("two adults and one child", "number", [2, 1]),
        ("which one", "number", []),
        ("A table for one, please.", "number", [1]),
        ("Do you have twenty-five of them?", "number", [25]),
        ("3 million people", "number", [3_000_000]),
        ("2.5 million", "number", [2_500_000]),
        ("it's eight eight oh one five", "number", [88015]),
        ("a as in apple b four two", "code", ["AB42"]),
        ("the second one please", "ordinal", [2]),
        ("the 3rd option", "ordinal", [3]),
        ("weather in pune tomorrow", "name", ["pune"]),
        ("from new delhi to mumbai on friday", "name", ["new delhi", "mumbai"]),
        ("my name is john smith", "name", ["john smith"]),
        ("buy eggs, milk and bread", "list", [("eggs", "milk", "bread")]),
        ("read /etc/hosts and ~/notes.txt", "path", ["/etc/hosts", "~/notes.txt"]),
        ("please read src/main.py.", "path", ["src/main.py"]),
        ("open an issue in octo/hello-world.", "repository", ["octo/hello-world"]),
        ("this and/or that", "repository", []),
        ('Say "hello there" to her', "quote", ["hello there"]),
        ("see https://example.com/a?b=1.", "url", ["https://example.com/a?b=1"]),
        ("john dot smith at gmail dot com", "email", ["john.smith@gmail.com"]),
    ]
)
def test_a_value_has_its_kind(text: str, kind: str, found: list[Any]) -> None:
    """The values of a message are found, whether they are typed or spoken."""
    assert values(text, kind) == found


@each_of(
    [
        ("pay meera twelve hundred rupees", ("money", 1200, "INR")),
        ("Pay $35 now", ("money", 35, "USD")),
        ("35 euros", ("money", 35, "EUR")),
        ("rs 500", ("money", 500, "INR")),
        ("₹500", ("money", 500, "INR")),
        ("thirty five percent", ("percent", 35, "%")),
        ("50% off", ("percent", 50, "%")),
        ("for two and a half hours", ("duration", 2.5, "hour")),
        ("an hour and a half", ("duration", 1.5, "hour")),
        ("Set a timer for ten minutes.", ("duration", 10, "minute")),
        ("three nights", ("duration", 3, "night")),
        ("four people", ("number", 4, "")),
    ]
)
def test_a_number_has_its_unit(text: str, expected: tuple[str, float, str]) -> None:
    """Money, percentages and durations are numbers with units."""
    assert [(span.kind, span.value, span.unit) for span in heard(text).spans] == [expected]


@each_of(
    [
        ("um friday no wait saturday at seven thirty pm", ["saturday", "seven thirty pm"]),
        ('"it\'s eight eight oh one five"', ["eight eight oh one five"]),
        ("a table for like four people tomorrow", ["four", "tomorrow"]),
        ("Wake me at half past seven.", ["half past seven"]),
        ("two rooms no three rooms", ["three"]),
    ]
)
def test_a_value_knows_its_words(text: str, words: list[str]) -> None:
    """The words that a value came from are those of the message as it was written."""
    known = heard(text)
    assert [known.source(span) for span in known.spans] == words


def test_days_of_a_week_or_a_month_that_is_named() -> None:
    """They are counted from the day on which the user speaks."""
    assert values("um book it for friday week", "date") == ["2025-02-28"]
    assert values("it's a week on monday", "date") == ["2025-03-03"]
    assert values("the monday after next", "date") == ["2025-03-03"]
    assert values("a fortnight today", "date") == ["2025-03-05"]
    assert values("a week tomorrow", "date") == ["2025-02-27"]
    assert values("saturday fortnight", "date") == ["2025-03-08"]
    assert values("um the thirty first at a quarter past eleven", "date") == ["2025-03-31"]
    assert values("um the evening of the third", "date") == ["2025-03-03"]
    assert values("um on the twenty eighth of next month", "date") == ["2025-03-28"]
    assert values("um on the twenty eighth of this month", "date") == ["2025-02-28"]
