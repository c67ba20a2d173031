"""What is said on the telephone without wanting anything: it gets words, and never a call."""

from collections.abc import Mapping
from typing import Any, Final

import pytest
from conversations import string
from pocket import called, calls, request, tool

History = list[dict[str, Any]]

SALON: Final = [
    tool(
        "book_slot",
        "Book a slot at the salon",
        treatment=string(),
        date=string(format="date"),
        time=string(),
        name=string(),
    ),
    tool("cancel_slot", "Cancel a booking", booking_id=string()),
]
HOME: Final = [
    tool("get_weather", "Get the weather forecast", city=string(), date=string(format="date")),
    tool("play_music", "Play a song", query=string(), volume="integer"),
]
CABS: Final = [
    tool("cab_eta", "When the cab arrives", job=string()),
    tool("book_cab", "Book a cab", pickup=string(), drop=string(), passengers="integer"),
]


def _after(text: str, name: str, given: dict[str, Any], result: str, reply: str) -> History:
    """Return a conversation in which a call has been made and told."""
    return [
        {"role": "user", "content": text},
        *called(name, given, result),
        {"role": "assistant", "content": reply},
    ]


CUT: Final = {"treatment": "haircut", "date": "2025-02-21", "time": "16:00", "name": "Ritu"}
RIDE: Final = {"pickup": "Elm Street 4", "drop": "the station", "passengers": 2}
DONE: Final[Mapping[str, tuple[list[dict[str, Any]], History]]] = {
    "booked": (
        SALON,
        _after("a haircut on friday at 4 pm for Ritu", "book_slot", CUT, '{"ok": true}', "Done."),
    ),
    "told": (
        HOME,
        _after(
            "weather in Pune tomorrow",
            "get_weather",
            {"city": "Pune", "date": "2025-02-20"},
            '{"celsius": 31}',
            "It will be 31 degrees. Is there anything else?",
        ),
    ),
    "playing": (
        HOME,
        _after(
            "play some jazz at volume 4",
            "play_music",
            {"query": "jazz", "volume": 4},
            '"playing"',
            "Playing it.",
        ),
    ),
    "found": (
        CABS,
        _after(
            "how long for job J77", "cab_eta", {"job": "J77"}, '{"minutes": 6}', "About 6 minutes."
        ),
    ),
    "ordered": (
        CABS,
        _after(
            "a cab from Elm Street 4 to the station for two",
            "book_cab",
            RIDE,
            '{"id": "J78"}',
            "Booked, J78. Would you like to know more?",
        ),
    ),
}
"""What was done before: the tools, and the conversation."""

VISIT: Final = tool(
    "book_visit",
    "Book a visit",
    date=string(format="date"),
    time=string(),
    name=string(),
)
PARCEL: Final = tool("track_parcel", "Track a parcel", number=string())
TAXI: Final = tool("book_cab", "Book a cab", pickup=string(), drop=string(), passengers="integer")


def _asked(text: str, question: str) -> History:
    return [{"role": "user", "content": text}, {"role": "assistant", "content": question}]


ASKED: Final[Mapping[str, tuple[list[dict[str, Any]], History, dict[str, Any]]]] = {
    "number": (
        [PARCEL],
        _asked("where is my parcel", "What is the number of the parcel?"),
        {
            "hang on it's 88015": {"number": "88015"},
            "let me see, it's 88015": {"number": "88015"},
            "okay thanks, it's double eight zero one five": {"number": "88015"},
            "हाँ एक मिनट, आठ आठ शून्य एक पाँच": {"number": "88015"},
            "ek minute, 88015": {"number": "88015"},
        },
    ),
    "name": (
        [VISIT],
        _asked("i'd like to book a visit on friday at 4 pm", "May I have your name?"),
        {
            text: {"date": "2025-02-21", "time": "16:00", "name": name}
            for text, name in {
                "marta lindqvist": "marta lindqvist",
                "sure it's marta": "marta",
                "oh sorry, my name is marta lindqvist": "marta lindqvist",
            }.items()
        },
    ),
    "passengers": (
        [TAXI],
        _asked("book a cab from Elm Street to the station", "How many passengers?"),
        {
            text: {"pickup": "Elm Street", "drop": "station", "passengers": 3}
            for text in ("three", "just three of us thanks", "hang on, three")
        },
    ),
}
"""What the assistant has asked for: the tools, the conversation, and answers with their values."""

NO_REQUEST: Final = {
    "thanks": """
        thanks a bunch | cheers pal | ta love | you're a star thank you dear | thanks mate
        thank you so much sir | 'preciate it | that's very kind of you | bless you | you're a legend
        brilliant thanks very much | great job thank you | nice one | good find, thank you
        बहुत बहुत शुक्रिया भैया | थैंक यू सो मच मैडम | आपका बहुत आभार | मेहरबानी जी
        shukriya bhai | thank you bro | bahut bahut dhanyavaad ji | thanks yaar | theek hai thank you sir
        ரொம்ப நன்றிங்க சார் | நன்றிங்க | ரொம்ப தேங்க்ஸ் மா | மிக்க நன்றி ஐயா
        """,
    "goodbyes": """
        bye now love | see you then | right i'll let you go | speak soon take care | have a good one mate
        चलिए नमस्ते | अच्छा रखता हूँ | ठीक है फिर मिलते हैं | chalo bye | theek hai rakhta hoon ji
        சரி வைக்கிறேன் | போயிட்டு வரேன்ங்க | சரி பார்க்கலாம் | சரி அப்புறம் பேசறேன்
        right i'm off to bed
        """,
    "acknowledgements": """
        brilliant, cheers | okay got it | that's a relief | oh good | phew | typical | fair enough
        not bad at all | oh that's handy | sounds like a plan | oh well never mind | right you are
        makes sense | wow that was quick | good to know | Perfect. | happy days | smashing
        अच्छा समझ गया | बढ़िया है | चलो अच्छा है | वाह क्या बात है | हाँ हाँ ठीक है
        accha samajh gaya | badhiya yaar | chalo theek hai | sahi hai boss | mast
        சரி புரிஞ்சுது | நல்லது | சரி விடுங்க | ரொம்ப சந்தோஷம் | ஓகே ஓகே
        """,
    "waiting": """
        hang on a sec | let me get my glasses | just a minute please | one moment | bear with me
        hold on i'm looking for it | someone's at the door hold on
        could you hold for a moment | लाइन पर रहिए मैं देखता हूँ | main abhi dekh ke batata hoon | give me a second | wait a minute i'm writing this down
        एक मिनट रुकिए | ज़रा रुको | ek minute ruko | ek second bhaiya | zara hold kijiye
        ஒரு நிமிஷம் இருங்க | கொஞ்சம் இருங்க | ஒரு செகண்ட்
        """,
    "thinking aloud": """
        i'll think about it | let me ask my wife | i'll have to check with my boss
        i'll call you back | hmm not sure about that | let me sleep on it | we'll see
        thx, will think about it | i'll have a look on the website
        सोच कर बताता हूँ | घर में पूछ कर बताऊँगी | main soch ke batata hoon | ghar pe poochh ke bataungi
        theek hai main website dekh lunga | யோசிச்சு சொல்றேன் | வீட்ல கேட்டுட்டு சொல்றேன்
        """,
    "small talk": """
        i hate mondays | you've been more helpful than the last one | it's been a long day
        my dog is barking sorry about that | i'm such an idiot | you sound nice | I love my job.
        sorry i'm driving right now | what a day | you're funny | haha kidding | typical joan
        this line is terrible | the kids are screaming here | bless your heart | ugh technology
        आप बहुत अच्छे हैं | तुम कितने होशियार हो | आज बहुत थकान है | जय हिंद
        aap bahut acche ho | tu mast hai yaar | aaj bahut thak gaya | kya zamana aa gaya hai
        நீங்க ரொம்ப நல்லவர் | நல்ல பிள்ளை நீ | இன்னைக்கு ரொம்ப டயர்டா இருக்கு
        """,
    "questions": """
        do you do gift wrap | who won the match | are you a robot | is there parking
        can we put balloons up | can i pay that by card | have you got a car park round the back
        are you open on bank holidays | will it hurt | should i bring anything | who's the owner
        do you reckon i'd suit a fringe | why is it so expensive | where are you based
        is that including tax | how long did you say | are you serious | does that cost extra
        can i bring my dog | could i get a receipt for that | what was that again
        पार्किंग है क्या वहाँ | पैसा कितना लगेगा | आप इंसान हैं या मशीन | आपका मालिक कौन है | कितने साल की वारंटी है
        parking hai na wahan | kitna lagega total | tum robot ho kya | card chalega kya | kyun itna mehnga hai
        எவ்வளவு ஆகும் | பக்கத்துல கோயில் இருக்கா | காசு ஏதும் கேட்பாரா | உங்க ஆபீஸ் எங்க இருக்கு
        ஏன் இவ்வளவு அதிகமா இருக்கு | நீங்க யாரு பேசறது | கார்டு வாங்குவாங்களா
        """,
    "refusals": """
        no leave it | don't bother | no no that's fine as it is | leave it as it is | no need
        no thanks i'm alright | nah you're alright | never mind then | don't do anything yet
        नहीं रहने दो | अभी कुछ मत कीजिए | rehne do bhai | nahi zaroorat nahi hai | abhi mat karo kuch
        வேண்டாம் விடுங்க | இப்போ எதுவும் பண்ண வேண்டாம் | தேவையில்லைங்க
        """,
    "values in passing": """
        it's been five years since my last one | i've been up since nine
        twenty eight quid you must be joking | my daughter turns seven on sunday
        he's twelve next tuesday bless him | mera beta das saal ka hai | मेरी बेटी दस साल की है
        i was up at six this morning | it's ten below out here
        i finish work at half past five | we moved here in 2019 | fifteen minutes that's alright
        आज सुबह पाँच बजे उठा था | मेरे दो बच्चे हैं | main subah se jaag raha hoon | do ghante ho gaye
        காலையில ஆறு மணிக்கே எழுந்துட்டேன்
        """,
}


def _rows(listed: str) -> list[str]:
    return [
        text.strip() for line in listed.splitlines() for text in line.split("|") if text.strip()
    ]


WANTED: Final[Mapping[str, Mapping[str, tuple[str, dict[str, Any]]]]] = {
    "booked": {
        text: ("book_slot", CUT | change)
        for text, change in {
            "no, saturday please": {"date": "2025-02-22"},
            "hang on, make it 5 pm": {"time": "17:00"},
            "actually saturday works better": {"date": "2025-02-22"},
            "okay thanks, and can you make it saturday instead": {"date": "2025-02-22"},
            "saturday at 5 pm then": {"date": "2025-02-22", "time": "17:00"},
            "oh wait, not friday, saturday": {"date": "2025-02-22"},
            "hmm could we do 5 pm": {"time": "17:00"},
            "what about 5 pm": {"time": "17:00"},
            "sorry my husband says saturday is better": {"date": "2025-02-22"},
            "शनिवार कर दीजिए": {"date": "2025-02-22"},
            "अच्छा शाम पाँच बजे कर दो": {"time": "17:00"},
            "nahi saturday ko": {"date": "2025-02-22"},
            "theek hai par saturday kar do": {"date": "2025-02-22"},
            "arre saturday ho sakta hai kya": {"date": "2025-02-22"},
            "சனிக்கிழமை மாத்துங்க": {"date": "2025-02-22"},
            "சரி ஆனா சாயங்காலம் அஞ்சு மணிக்கு வேணும்": {"time": "17:00"},
        }.items()
    }
    | {
        text: ("cancel_slot", {"booking_id": "B1234"})
        for text in (
            "thanks, and please cancel booking B1234",
            "okay great, now cancel my booking B1234 please",
            "brilliant thanks can you also cancel the booking B1234",
        )
    },
    "told": {
        text: ("get_weather", {"city": "Pune", "date": "2025-02-20"} | change)
        for text, change in {
            "and in nashik": {"city": "nashik"},
            "in nashik": {"city": "nashik"},
            "oh nice, and what about nashik": {"city": "nashik"},
            "and on friday": {"date": "2025-02-21"},
            "okay and friday?": {"date": "2025-02-21"},
            "नासिक में": {"city": "नासिक"},
            "और शुक्रवार को": {"date": "2025-02-21"},
            "aur nashik mein": {"city": "nashik"},
            "திருச்சியில்": {"city": "திருச்சி"},
        }.items()
    },
    "playing": {
        text: ("play_music", {"query": "jazz", "volume": 7})
        for text in ("make it 7", "volume 7 please", "no 7", "volume 7 kar do", "lovely, volume 7")
    },
    "found": {
        text: ("cab_eta", {"job": "K81"})
        for text in ("sorry i meant K81", "no it's K81", "and K81", "thanks and for K81", "aur K81")
    },
    "ordered": {
        text: ("book_cab", RIDE | {"passengers": 3})
        for text in ("no three of us", "sorry make it three", "cheers but make that three")
    },
}
"""What wants something after it, although it begins as small talk does: the call that is due."""


@pytest.mark.parametrize("state", WANTED)
def test_a_request_after_a_call_is_not_taken_for_small_talk(state: str) -> None:
    """Thanks, an exclamation or a pause before a request does not swallow it."""
    tools, history = DONE[state]
    wrong = []
    for text, due in WANTED[state].items():
        made = calls(request(messages=[*history, {"role": "user", "content": text}], tools=tools))
        if made != [due]:
            wrong.append((text, made))
    assert not wrong


@pytest.mark.parametrize("kind", NO_REQUEST)
def test_nothing_is_called_after_a_call_if_nothing_is_wanted(kind: str) -> None:
    """The call before is not made again with a word of the small talk as a value."""
    wrong = []
    for text in _rows(NO_REQUEST[kind]):
        for state, (tools, history) in DONE.items():
            messages = [*history, {"role": "user", "content": text}]
            made = calls(request(messages=messages, tools=tools))
            if made:
                wrong.append((state, text, made))
    assert not wrong


@pytest.mark.parametrize("kind", ["thanks", "waiting", "refusals"])
def test_nothing_is_called_before_a_question_is_answered(kind: str) -> None:
    """Whoever waits, thanks or refuses has given no value."""
    wrong = []
    for text in _rows(NO_REQUEST[kind]):
        for state, (tools, history, _) in ASKED.items():
            made = calls(
                request(messages=[*history, {"role": "user", "content": text}], tools=tools)
            )
            if made:
                wrong.append((state, text, made))
    assert not wrong


@pytest.mark.parametrize("state", ASKED)
def test_an_answer_is_not_taken_for_small_talk(state: str) -> None:
    """A pause or thanks around a value does not swallow it."""
    tools, history, answers = ASKED[state]
    wrong = []
    for text, given in answers.items():
        made = calls(request(messages=[*history, {"role": "user", "content": text}], tools=tools))
        if made != [(tools[0]["function"]["name"], given)]:
            wrong.append((text, made))
    assert not wrong


@pytest.mark.parametrize("kind", ["thanks", "goodbyes", "acknowledgements", "waiting", "refusals"])
def test_small_talk_begins_nothing(kind: str) -> None:
    """At the beginning of a conversation too."""
    wrong = []
    for text in _rows(NO_REQUEST[kind]):
        for tools in (SALON, HOME, CABS):
            made = calls(request(text, tools=tools))
            if made:
                wrong.append((text, made))
    assert not wrong
