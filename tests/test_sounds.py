"""Words in another script, or another spelling: `model/sounds.py` and `model/lexicon.py`."""

from rows import each_of

from mock_electron.model.language import LANGUAGES
from mock_electron.model.lexicon import cased, english_stems, is_plain, sounding
from mock_electron.model.sounds import bones, rough, sounds


@each_of(
    [
        ("गाड़ी", "gaadi"),
        ("चाहिए", "chahiye"),
        ("भूख", "bhookh"),
        ("सोमवार", "somwar"),
        ("रसोई", "rasoi"),
        ("कुलकर्णी", "kulkarni"),
    ]
)
def test_hindi_sounds_the_same_in_both_scripts(own: str, latin: str) -> None:
    """A word of Hindi has the same sounds in Devanagari and in Latin letters."""
    assert sounds(own) == sounds(latin)


def test_different_words_of_hindi_sound_different() -> None:
    """Voiced and aspirated consonants are told apart: hunger is no book."""
    assert sounds("भूख") != sounds("बुक")


@each_of(
    [
        ("பெட்ரூம்", "bedroom"),
        ("டிக்கெட்", "ticket"),
        ("வேளச்சேரி", "velachery"),
        ("ஃபில்டர்", "filter"),
        ("டெலிவரி", "delivery"),
        ("मैसेज", "message"),
        ("ब्राइडल", "bridal"),
    ]
)
def test_english_is_heard_in_other_scripts(own: str, english: str) -> None:
    """An English word has the same consonants in the letters of another language."""
    assert bones(rough(own)) == bones(rough(english))


@each_of(
    [
        ("ta", "ஸ்டேடியத்துக்கு", "stadium"),
        ("ta", "கோர்ட்டை", "court"),
        ("hi", "पार्किंग", "parking"),
        ("hi", "mehandi", "mehndi"),
    ]
)
def test_an_english_word_is_found_by_its_sound(code: str, word: str, english: str) -> None:
    """A word of a tool is found in a text of another script, without its ending."""
    assert sounding([word], LANGUAGES[code]).find(english) == 0


@each_of(
    [
        ("hi", "kamron mein", "room"),
        ("hi", "कमरों में", "room"),
        ("hi", "tamaatar ka bhaav", "tomato"),
        ("hi", "प्याज़ का", "onion"),
        ("hi", "mujhe bhejiyega", "send"),
        ("ta", "கதவைத் திறங்க", "door"),
        ("ta", "வீட்டுக்கு", "home"),
        ("ta", "கரண்ட் இல்ல", "outage"),
        ("ta", "சிலிண்டரை மாத்தணும்", "change"),
    ]
)
def test_a_word_is_translated_in_all_its_forms(code: str, text: str, english: str) -> None:
    """One entry of a lexicon covers the endings of a word, and in Hindi both scripts."""
    assert english in english_stems(text, LANGUAGES[code])


@each_of([("ta", "ஆமை", "yes"), ("hi", "चेकोस्लोवाकिया", "tea"), ("hi", "chicken", "check")])
def test_a_beginning_is_not_enough_for_a_short_word(code: str, text: str, english: str) -> None:
    """A short entry does not cover longer words that are no forms of it."""
    assert english not in english_stems(text, LANGUAGES[code])


@each_of(
    [
        ("சேலத்துல", ("சேலம்", "in")),
        ("மதுரைக்கு", ("மதுரை", "to")),
        ("கோயம்புத்தூரிலிருந்து", ("கோயம்புத்தூர்", "from")),
        ("ஈரோட்டுக்கு", ("ஈரோடு", "to")),
        ("ராஜாகிட்ட", ("ராஜா", "to")),
    ]
)
def test_a_name_in_tamil_loses_its_case(word: str, expected: tuple[str, str]) -> None:
    """The ending of a name is removed, and tells its part."""
    assert cased(word, "ta") == expected


@each_of(
    [
        ("hi", "करवाऊँगी"), ("hi", "bhejunga"), ("hi", "दिलवाइएगा"), ("hi", "mangwayenge"),
        ("ta", "அனுப்பணும்"), ("ta", "கொடுப்பீங்களா"), ("ta", "மாத்திடுங்க"),
    ]
)  # fmt: skip
def test_verbs_belong_to_no_value(code: str, word: str) -> None:
    """A form of a verb is no name, whatever the verb."""
    assert is_plain(word, code)
