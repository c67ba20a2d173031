"""Tests of model/languages/: every file is complete and has the same phrases as the English file."""

import re
import unicodedata
from collections.abc import Iterator

from rows import each

from mock_electron.model.language import (
    ENGLISH,
    LANGUAGES,
    UNSPACED,
    Language,
    detect,
)
from mock_electron.model.lexicon import english_stems

FLOORS = {
    **dict.fromkeys(("greeting", "thanks", "farewell", "filler", "result"), 5),
    **dict.fromkeys(("question", "request", "statement"), 5),
    **dict.fromkeys(("point", "item"), 8),
    "closing": 4,
    "nameless": 2,
}
"""The least number of wordings for each kind of phrase. It is 3 for the others."""
PLACEHOLDER = re.compile(r"\{\w*\}")
FOREIGN = {code: language for code, language in LANGUAGES.items() if code != "en"}
OWN_SCRIPT = {code: language for code, language in LANGUAGES.items() if language.script}

ASKED = {
    "hi": "मुंबई में मौसम कैसा है?",
    "mr": "मुंबईत हवामान कसे आहे?",
    "bn": "চেন্নাইতে আজ আবহাওয়া কেমন?",
    "ta": "சென்னையில் இன்று வானிலை எப்படி இருக்கிறது?",
    "te": "హైదరాబాద్‌లో వాతావరణం ఎలా ఉంది?",
    "gu": "અમદાવાદમાં હવામાન કેવું છે?",
    "kn": "ಬೆಳಗಾವಿಯಲ್ಲಿ ಹವಾಮಾನ ಹೇಗಿದೆ?",
    "ml": "കൊച്ചിയിൽ കാലാവസ്ഥ എങ്ങനെയുണ്ട്?",
    "pa": "ਲੁਧਿਆਣਾ ਵਿੱਚ ਮੌਸਮ ਕਿਵੇਂ ਹੈ?",
    "or": "ଭୁବନେଶ୍ୱରରେ ପାଣିପାଗ କେମିତି ଅଛି?",
    "ur": "لاہور میں موسم کیسا ہے؟",
    "ar": "كيف الطقس في القاهرة اليوم؟",
    "es": "¿Qué tiempo hace en Madrid?",
    "fr": "Quel temps fait-il à Paris ?",
    "de": "Wie ist das Wetter in München?",
    "pt": "Como está o tempo em Lisboa?",
    "it": "Che tempo fa a Roma?",
    "ru": "Какая погода в Казани?",
    "zh": "北京的天气怎么样？",
    "ja": "東京の天気はどうですか？",
    "ko": "서울 날씨 어때요?",
}
"""For each language, a question about the weather in some place."""
PLACES = {
    "hi": [("दिल्ली में", "दिल्ली"), ("दिल्ली का", "दिल्ली"), ("पुणे के पास", "पुणे")],
    "mr": [("मुंबईत", "मुंबई"), ("नाशिकमध्ये", "नाशिक"), ("दिल्लीची", "दिल्ली"), ("भारतात", "भारत")],
    "bn": [("চেন্নাইতে", "চেন্নাই"), ("কলকাতায়", "কলকাতা"), ("ঢাকার", "ঢাকা"), ("লন্ডনে", "লন্ডন")],
    "ta": [("சென்னையில்", "சென்னை"), ("பெங்களூருவில்", "பெங்களூரு"), ("மதுரைக்கு", "மதுரை")],
    "te": [("హైదరాబాద్‌లో", "హైదరాబాద్"), ("ఢిల్లీలో", "ఢిల్లీ"), ("చెన్నైకి", "చెన్నై")],
    "gu": [("મુંબઈમાં", "મુંબઈ"), ("સુરતથી", "સુરત"), ("રાજકોટનું", "રાજકોટ")],
    "kn": [("ದೆಹಲಿಯಲ್ಲಿ", "ದೆಹಲಿ"), ("ಮುಂಬೈನಲ್ಲಿ", "ಮುಂಬೈ"), ("ಧಾರವಾಡದಲ್ಲಿ", "ಧಾರವಾಡ")],
    "ml": [("കൊച്ചിയിൽ", "കൊച്ചി"), ("ബെംഗളൂരുവിൽ", "ബെംഗളൂരു"), ("ഡൽഹിയിലെ", "ഡൽഹി")],
    "pa": [("ਅੰਮ੍ਰਿਤਸਰ ਵਿੱਚ", "ਅੰਮ੍ਰਿਤਸਰ"), ("ਦਿੱਲੀ ਦਾ", "ਦਿੱਲੀ"), ("ਜਲੰਧਰ ਤੋਂ", "ਜਲੰਧਰ")],
    "or": [("କଟକରେ", "କଟକ"), ("ପୁରୀର", "ପୁରୀ"), ("ଭୁବନେଶ୍ୱରରୁ", "ଭୁବନେଶ୍ୱର")],
    "ur": [("لاہور میں", "لاہور"), ("کراچی کا", "کراچی"), ("ملتان سے", "ملتان")],
    "ar": [("في القاهرة", "القاهرة"), ("في مدينة دبي", "دبي"), ("إلى بيروت", "بيروت")],
    "es": [("en Madrid", "Madrid"), ("en la ciudad de Lima", "Lima"), ("cerca de Quito", "Quito")],
    "fr": [("à Paris", "Paris"), ("près de Lyon", "Lyon"), ("jusqu'à Nice", "Nice")],
    "de": [("in Berlin", "Berlin"), ("nach Rom", "Rom"), ("in der Nähe von Köln", "Köln")],
    "pt": [("em Lisboa", "Lisboa"), ("na cidade de Recife", "Recife"), ("no Porto", "Porto")],
    "it": [("a Roma", "Roma"), ("vicino a Pisa", "Pisa"), ("nella città di Bari", "Bari")],
    "ru": [("в Сочи", "Сочи"), ("в городе Омск", "Омск"), ("по имени Анна", "Анна")],
    "zh": [("北京的天气", "北京"), ("在上海的天气", "上海"), ("飞往广州", "广州")],
    "ja": [("東京の天気", "東京"), ("大阪まで", "大阪"), ("札幌への", "札幌")],
    "ko": [("서울 날씨", "서울"), ("부산에서", "부산"), ("제주까지", "제주")],
}
"""The name of a place as it appears in a sentence, and the bare name."""

SHORT = {
    "en": [
        "Set an alarm",
        "Come here",
        "2 plus 2",
        "weather in Las Vegas",
        "Rio de Janeiro weather",
        "Was Napoleon tall?",
    ],
    "es": [
        "¿Dónde está mi paquete?",
        "Busca hoteles en Lima",
        "¿Quién eres?",
        "Cuéntame un chiste",
        "Traduce esto al inglés",
    ],
    "fr": [
        "Où est mon colis ?",
        "Cherche des hôtels à Lyon",
        "Qui es-tu ?",
        "Il me faut un taxi",
        "Traduis ceci en anglais",
    ],
    "de": [
        "Wo ist mein Paket?",
        "Suche Hotels in Wien",
        "Wer bist du?",
        "Erzähl einen Witz",
        "Wie spät ist es?",
    ],
    "pt": [
        "Onde está o meu pacote?",
        "Procure hotéis em Lisboa",
        "Quem é você?",
        "Conte uma piada",
        "Qual é o meu saldo?",
    ],
    "it": [
        "Dov'è il mio pacco?",
        "Chi sei?",
        "Ho bisogno di un taxi",
        "Accendi la luce della cucina",
        "Che ore sono a Roma?",
    ],
    "zh": ["上海现在几点？", "请取消订单4521。"],
    "ja": ["注文をキャンセルしてください。", "今何時？教えて"],
}
"""Short requests in each language."""


def strings(value: object) -> Iterator[str]:
    """Yield every text in a part of a language, including keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (*strings(key), *strings(item))
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from strings(item)


def texts(language: Language) -> list[str]:
    fields = (getattr(language, name) for name in Language.__struct_fields__ if name != "script")
    return [text for field in fields for text in strings(field)]


def words(text: str) -> set[str]:
    r"""Return the words of a text without punctuation. `\w` would split at vowel signs."""
    return set(re.sub(r"[?؟!.,،।۔¿¡]", " ", text.lower()).split())


@each(LANGUAGES)
def test_a_language_says_what_english_says(language: Language) -> None:
    """Every kind of phrase exists, with enough wordings and without duplicates."""
    assert language.phrases.keys() == ENGLISH.phrases.keys()
    for kind, phrases in language.phrases.items():
        assert len(phrases) >= FLOORS.get(kind, 3), kind
        assert len(set(phrases)) == len(phrases), kind


@each(LANGUAGES)
def test_placeholders_are_those_of_english(language: Language) -> None:
    """Each wording has each placeholder of its kind once; `{thing}` is optional in fillers."""
    for kind, english in ENGLISH.phrases.items():
        expected = sorted(set(PLACEHOLDER.findall(" ".join(english))) - {"{thing}"})
        for phrase in language.phrases[kind]:
            found = [mark for mark in PLACEHOLDER.findall(phrase) if mark != "{thing}"]
            assert sorted(found) == expected, phrase
            assert phrase.count("{thing}") <= (kind == "filler"), phrase


@each(LANGUAGES)
def test_phrases_fit_together(language: Language) -> None:
    """Phrases can be joined: the first closing is empty, and points have no full stop."""
    assert language.phrases["closing"][0] == ""
    for kind, phrases in language.phrases.items():
        for phrase in phrases[1:] if kind == "closing" else phrases:
            assert phrase.strip(), kind
            if kind != "closing":
                assert phrase == phrase.strip(), phrase
            assert "  " not in phrase, phrase
    assert not any(" " in word for word in language.phrases["word"])
    assert not any(re.search(r"[.!?。।۔]$", point) for point in language.phrases["point"])


@each(OWN_SCRIPT)
def test_phrases_are_written_in_the_script(language: Language) -> None:
    """Phrases and patterns are written in the script of the language."""
    letter = re.compile(f"[{language.script}]")
    for kind, phrases in language.phrases.items():
        for phrase in phrases[1:] if kind == "closing" else phrases:
            bare = PLACEHOLDER.sub("", phrase)
            # A calculation may consist of signs only.
            assert letter.search(bare) or kind == "calculation", phrase
            assert not re.search(r"[A-Za-z]{3}", bare), phrase
    for pattern in language.around:
        assert letter.search(pattern), pattern


@each(LANGUAGES)
def test_names_and_lists_are_there(language: Language) -> None:
    """A language has a name, at least 20 common words, and words for each kind of small talk."""
    assert language.name
    assert language.called
    assert language.name.lower() in language.called
    assert all(name == name.lower() for name in language.called)
    assert len(language.common) >= 20
    assert all(word == word.lower() for word in language.common)
    assert language.recognise.keys() == ENGLISH.recognise.keys()
    for kind, beginnings in language.recognise.items():
        assert beginnings, kind
        assert all(word == word.lower().strip() for word in beginnings), kind


@each(FOREIGN)
def test_every_word_of_the_lexicon_is_found(language: Language) -> None:
    """Each translation without a hyphen, with an ending after it, is read as its English word.

    If a language lists its endings, others do not count.
    """
    ending = "" if language.endings else "x"
    missed = [
        meaning
        for stem, meanings in language.lexicon.items()
        for meaning in meanings
        if "-" not in meaning and stem not in english_stems(f"Oslo {meaning}{ending}", language)
    ]
    assert missed == []


@each(FOREIGN)
def test_the_lexicon_is_large_enough(language: Language) -> None:
    """A lexicon has at least 70 English words, or members of enums, each with distinct lowercase translations."""
    assert len(language.lexicon) >= 70
    for stem, meanings in language.lexicon.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", stem), stem
        assert meanings, stem
        assert len(set(meanings)) == len(meanings), stem
        assert all(word and word == word.lower().strip() for word in meanings), stem


@each({line.partition(":")[0]: line for line in ENGLISH.related})
def test_a_family_has_words_of_tools_and_words_of_callers(line: str) -> None:
    """A family is in lowercase: words of tools, a colon, and phrases with commas between them."""
    tools, _, said = line.partition(": ")
    phrases = said.split(", ")
    assert tools.split(), line
    assert all(phrases), line
    assert line == line.lower()
    assert len(set(phrases)) == len(phrases), line


@each(LANGUAGES)
def test_patterns_around_a_name_have_one_placeholder(language: Language) -> None:
    """Each pattern around a name has exactly one `{x}` and some text."""
    assert language.around
    assert len(set(language.around)) == len(language.around)
    for pattern in language.around:
        assert pattern.count("{x}") == 1, pattern
        assert pattern != "{x}"


@each(LANGUAGES)
def test_numbers_and_days_are_sane(language: Language) -> None:
    # 1 may be missing, because in some languages its word is also the article.
    """The tables contain the numbers up to 20, the tens to 100, and the days around today."""
    assert {0, *range(2, 21), *range(30, 101, 10)} <= set(language.numbers.values())
    assert {-1, 0, 1, 2} <= set(language.days.values())
    assert set(language.days.values()) <= set(range(-3, 4))
    assert all(word == word.lower().strip() for word in (*language.numbers, *language.days))


@each(LANGUAGES)
def test_texts_are_normalized(language: Language) -> None:
    """All texts are in Unicode normalization form NFC, so that equal words compare as equal."""
    assert [t for t in texts(language) if unicodedata.normalize("NFC", t) != t] == []


@each({code: code for code in ASKED})
def test_a_language_is_distinguished_from_others_of_its_script(code: str) -> None:
    """A question has more common words of its own language than of others in the same script."""
    same_script = [x for x in LANGUAGES.values() if x.script == LANGUAGES[code].script]
    found = {language.code: familiar(language, ASKED[code]) for language in same_script}
    assert re.search(f"[{LANGUAGES[code].script or 'a-z'}]", ASKED[code])
    assert found.pop(code) > max(found.values(), default=0)


def familiar(language: Language, text: str) -> int:
    """Return how many words of a text are common in a language."""
    if language.code in UNSPACED:
        return sum(word in text for word in language.common)
    return len(words(text) & language.common)


@each({code: code for code in ASKED})
def test_a_question_about_the_weather_is_found_by_the_lexicon(code: str) -> None:
    """A question about the weather contains a translation of "weather"."""
    weather = LANGUAGES[code].lexicon["weather"]
    if code in UNSPACED:
        assert any(word in ASKED[code] for word in weather)
    else:
        assert any(word.startswith(tuple(weather)) for word in words(ASKED[code]))


@each({code: code for code in ASKED})
def test_a_question_is_detected(code: str) -> None:
    """The language of a question is detected."""
    assert detect(ASKED[code]) == LANGUAGES[code]


@each({f"{code}: {text}": (code, text) for code, texts in SHORT.items() for text in texts})
def test_a_short_request_is_detected(row: tuple[str, str]) -> None:
    """The language of a short request is detected, even if it contains foreign names."""
    code, text = row
    assert detect(text) == LANGUAGES[code]


@each({f"{code}: {pair[0]}": (code, *pair) for code, pairs in PLACES.items() for pair in pairs})
def test_a_place_is_found_without_the_words_around_it(row: tuple[str, str, str]) -> None:
    """The first matching pattern leaves the bare name of a place."""
    code, phrase, place = row
    shapes = [re.escape(pattern).replace(r"\{x\}", "(.+)") for pattern in LANGUAGES[code].around]
    found = next((match for shape in shapes if (match := re.fullmatch(shape, phrase))), None)
    assert found
    assert found[1] == place
