"""What was said in other languages than English: `model/hear/`."""

from typing import Any

from rows import each_of
from test_hear import TODAY, heard, values

from mock_electron.model.hear import hear
from mock_electron.model.hear.forms import readers_of
from mock_electron.model.hear.signals import QUIET, signals_of
from mock_electron.model.hear.speech import speech_of
from mock_electron.model.language import LANGUAGES
from mock_electron.model.work import Work


@each_of(
    [
        # Hindi in Latin letters
        ("kal subah gyarah baje", "kal 11 am"),
        (
            "parso subah das baje ka appointment pakka kar do",
            "parso 10 am ka appointment pakka kar do",
        ),
        ("raat nau baje", "9 pm"),
        ("shaam ko saadhe chhe baje", "6:30 pm"),
        ("raat ke saadhe aath baje", "8:30 pm"),
        ("saadhe nau baje aana", "9:30 aana"),
        ("dopahar mein sawa ek baje", "1:15 pm"),
        ("paune nau baje", "8:45"),
        ("dhai baje dopahar ko", "2:30 pm"),
        ("kya aap do baje free ho", "kya aap 2 pm free ho"),
        ("ek ghanta late kar do na chhe tees pe", "ek ghanta late kar do na 6:30 pm pe"),
        ("paanch march ko", "5 march ko"),
        ("march ki paanch tareekh", "March 5"),
        ("mera number hai nau aath saat chhe paanch", "mera number hai 98765"),
        ("number hai double teen saat aath chaar", "number hai 33784"),
        ("order id a b do paanch saat", "order id AB257"),
        ("mujhe do ticket chahiye", "mujhe 2 ticket chahiye"),
        ("teen log ke liye table book kar do", "3 log ke liye table book kar do"),
        ("goa mein das march se teen raat ke liye", "goa mein 10 march se 3 raat ke liye"),
        ("paanch sau rupaye bhej do", "500 rupaye bhej do"),
        ("vikram ko dhai hazaar rupaye transfer kar do", "vikram ko 2500 rupaye transfer kar do"),
        ("ek lakh bees hazaar", "120000"),
        ("pachas percent", "50 percent"),
        ("aadha ghanta", "30 minutes"),
        ("dedh ghante ke liye", "1.5 ghante ke liye"),
        ("das nahi bees", "20"),
        ("do nahi teen log", "3 log"),
        ("do nahi teen baje", "3 pm"),
        ("matlab kal nahi parso", "parso"),
        ("shukravar nahi shanivar ko", "shanivar ko"),
        ("dilli se nahi mumbai se", "mumbai se"),
        ("arre yaar mera courier nahi aaya", "mera courier nahi aaya"),
        ("haan kar do", "haan kar do"),
        ("friday ko bhijwa do", "friday ko bhijwa do"),
        ("saatvi class ki fees", "7 class ki fees"),
        ("friday ki jagah saturday", "saturday"),
        ("order radd kar do", "order radd kar do"),
        # Tamil: ordinals, days as people say them, and numbers in one word
        ("மே பதிமூணாம் தேதி", "May 13"),
        ("எட்டாம் வகுப்பு", "8 வகுப்பு"),
        ("முன்னூத்தம்பது ரூபாய்", "350 ரூபாய்"),
        ("காலை பதினோரு மணிக்கு", "11 am"),
        # letters in one word, and signs of ids
        ("டிஎன் ஏழு கேஎல் நாலு ஆறு ரெண்டு", "TN7KL462"),
        ("ஆர் டேஷ் ஆறு ஏழு எட்டு", "R-678"),
        ("जे डैश नौ आठ छह", "J-986"),
        # Hindi
        ("सातवीं कक्षा", "7 कक्षा"),
        ("शुक्रवार की जगह शनिवार", "शनिवार"),
        ("टिकट कैंसल कर दो", "टिकट कैंसल कर दो"),
        ("सुबह छह बजे", "6 am"),
        ("कल सुबह साढ़े नौ बजे", "कल 9:30 am"),
        ("परसों दोपहर ढाई बजे", "परसों 2:30 pm"),
        ("सवा चार बजे", "4:15 pm"),
        ("पौने बारह बजे", "11:45"),
        ("कल शाम आठ बजे चार लोगों के लिए", "कल 8 pm 4 लोगों के लिए"),
        ("तीन जून को शाम सात बजे", "3 June को 7 pm"),
        ("पाँच मार्च से दो रात के लिए", "5 March से 2 रात के लिए"),
        ("दो हज़ार पाँच सौ रुपये", "2500 रुपये"),
        ("एक लाख बीस हज़ार", "120000"),
        ("टोकन नंबर छियालीस है", "टोकन नंबर 46 है"),
        ("मेरा नंबर डबल नौ आठ सात", "मेरा नंबर 9987"),
        ("डेढ़ घंटे के लिए", "1.5 घंटे के लिए"),
        ("आधा घंटा", "30 minutes"),
        ("दस नहीं बीस", "20"),
        ("नौ नहीं ग्यारह बजे कर दीजिए", "11:00 कर दीजिए"),
        ("शुक्रवार नहीं शनिवार", "शनिवार"),
        ("दिल्ली से नहीं मुंबई से", "मुंबई से"),
        ("मतलब मुझे दो टिकट चाहिए", "मुझे 2 टिकट चाहिए"),
        ("बता दो", "बता दो"),
        # Tamil
        ("காலை பத்து மணிக்கு", "10 am"),
        ("நாளைக்கு மாலை ஆறரை மணிக்கு வேணும்", "நாளைக்கு 6:30 pm வேணும்"),
        ("இரவு ஏழு மணி", "7 pm"),
        ("மதியம் ஒரு மணிக்கு", "1 pm"),
        ("ஆறேகால் மணிக்கு", "6:15 pm"),
        ("ரெண்டு பேருக்கு டேபிள்", "2 பேருக்கு டேபிள்"),
        ("இருபத்தி ஐந்து", "25"),
        ("முப்பத்தொன்று", "31"),
        ("நானூற்று ஐம்பது", "450"),
        ("ஏழேமுக்கால் மணிக்கு", "7:45"),
        ("வெள்ளி பதிலா சனி", "சனி"),
        ("நூற்றி இருபது ரூபாய்", "120 ரூபாய்"),
        ("ஆயிரத்து ஐநூறு ரூபாய்", "1500 ரூபாய்"),
        ("மூவாயிரத்து ஐநூறு ரூபாய்", "3500 ரூபாய்"),
        ("மார்ச் ஐந்தாம் தேதி", "March 5"),
        ("என் நம்பர் ஒன்பது எட்டு ஏழு ஆறு", "என் நம்பர் 9876"),
        ("அரை மணி நேரம்", "30 minutes"),
        ("இரண்டு மணி நேரம்", "2 மணி நேரம்"),
        ("வெள்ளிக்கிழமை இல்ல சனிக்கிழமை", "சனிக்கிழமை"),
        ("நாலு இல்ல அஞ்சு பேர்", "5 பேர்"),
        ("நாளைக்கு இல்ல நாளன்னைக்கு", "நாளன்னைக்கு"),
        ("mangalvar ko nahi ho payega guruvar ko", "guruvar ko"),
        ("बुधवार नहीं आ पाऊँगा शनिवार को", "शनिवार को"),
        # endings of numbers, days and times
        ("கீசரை முப்பத்தி ரெண்டுல வை", "கீசரை 32 வை"),
        ("மாலை ஏழே காலுக்கு", "7:15 pm"),
        ("ரெண்டரை கிலோ அரிசி", "2.5 கிலோ அரிசி"),
        ("முக்கால் லிட்டர் எண்ணெய்", "0.75 லிட்டர் எண்ணெய்"),
        ("பதினஞ்சாயிரத்து ஐநூறு", "15500"),
        # fractions before numbers
        ("साढ़े चार सौ रुपये", "450 रुपये"),
        ("sawa teen lakh", "325000"),
        ("paune nau ki train", "8:45 ki train"),
        ("ढाई किलो चीनी", "2.5 किलो चीनी"),
        # letters by their names
        ("एम एच बारह सी डी तीन चार", "MH12CD34"),
        ("கே எல் நாலு அஞ்சு ஆறு", "KL456"),
        # commands are no numbers
        ("gaana suna do volume 7 pe", "gaana suna do volume 7 pe"),
        ("खिड़की बनवा दो आठ मार्च को", "खिड़की बनवा दो 8 March को"),
        # others, as far as their data goes
        ("ein tisch für vier personen um acht uhr", "ein tisch für 4 personen um 8:00"),
        ("mañana a las tres de la tarde", "mañana a las 3 pm"),
    ]
)
def test_speech_in_other_languages(said: str, meant: str) -> None:
    """Numbers, times, dates and corrections are those of the language, also in Latin letters."""
    assert heard(said).text == meant


@each_of(
    [
        ("parso aana", ["2025-02-21"]),
        ("kal nahi", ["2025-02-20"]),
        ("somvar ko gyarah baje", ["2025-02-24"]),
        ("agle shukravar ko baje", ["2025-02-21"]),
        ("teen din baad", ["2025-02-22"]),
        ("paanch tareekh ko", ["2025-03-05"]),
        ("पाँच तारीख को", ["2025-03-05"]),
        ("दो दिन बाद", ["2025-02-21"]),
        ("अगले सोमवार को", ["2025-02-24"]),
        ("रविवार को खुला है?", ["2025-02-23"]),
        ("ஐந்தாம் தேதி", ["2025-03-05"]),
        ("ரெண்டு நாள் கழிச்சு", ["2025-02-21"]),
        ("ஞாயிற்றுக்கிழமை", ["2025-02-23"]),
        ("திங்கட்கிழமை சர்வீஸ்", ["2025-02-24"]),
        ("am Samstag oder übermorgen", ["2025-02-22", "2025-02-21"]),
        ("c'est pour vendredi avec vous", ["2025-02-21"]),
        ("明天三点", ["2025-02-20"]),
    ]
)
def test_days_in_other_languages(text: str, days: list[Any]) -> None:
    """Relative days, weekdays and the number of a day are dates."""
    assert values(text, "date") == days


def test_hindi_in_latin_letters_is_heard_whatever_the_language() -> None:
    """The detection may say that such a text is in another language."""
    for code in ("en", "pt", "it", "de"):
        known = hear("raat nau baje", LANGUAGES[code], TODAY, Work())
        assert known.text == "9 pm"


def test_every_form_has_a_signal() -> None:
    """A text that is not cut into words contains no word that begins a spoken form."""
    for code, language in LANGUAGES.items():
        beginnings = set(readers_of(speech_of(language, ())))
        articles = set(speech_of(language, ()).articles)
        months = {word for word in beginnings if word.isalpha()} - signals_of(code).forms
        unknown = beginnings - signals_of(code).forms - QUIET - articles - months - {"0"}
        assert unknown == set(), code


def test_every_word_for_speech_is_known_to_its_language() -> None:
    """The tables of each language can be read, and none is ambiguous about the part of the day."""
    for language in LANGUAGES.values():
        parts = {*language.hearing.parts.values(), *language.hearing.occasions.values()}
        assert parts <= {"am", "noon", "pm", "night"}
        assert set(language.hearing.weekdays.values()) <= set(range(7))
        assert set(language.hearing.months.values()) <= set(range(1, 13))
