"""The ISO codes of languages, countries and currencies, by their names."""

from collections.abc import Mapping
from typing import Final


def _by_name(rows: str) -> dict[str, str]:
    """Rows of a code and names, with "_" for the spaces in a name."""
    return {
        name.replace("_", " "): code
        for code, *names in (row.split() for row in rows.split(","))
        for name in names
    }


LANGUAGES: Final[Mapping[str, str]] = _by_name(
    """en english, es spanish castilian, fr french, de german, it italian, pt portuguese, nl dutch flemish,
    ru russian, uk ukrainian, pl polish, cs czech, sk slovak, sl slovenian, hr croatian, sr serbian,
    bg bulgarian, ro romanian, hu hungarian, el greek, tr turkish, sv swedish, no norwegian, da danish,
    fi finnish, is icelandic, et estonian, lv latvian, lt lithuanian, ga irish gaelic, cy welsh, ca catalan,
    eu basque, ar arabic, he hebrew, fa persian farsi, ur urdu, hi hindi, bn bengali bangla, pa punjabi,
    gu gujarati, mr marathi, ta tamil, te telugu, kn kannada, ml malayalam, or odia, ne nepali, si sinhala,
    th thai, vi vietnamese, id indonesian, ms malay, tl tagalog filipino, zh chinese mandarin cantonese,
    ja japanese, ko korean, sw swahili, am amharic, so somali, yo yoruba, ha hausa, zu zulu, af afrikaans,
    la latin"""
)
COUNTRIES: Final[Mapping[str, str]] = _by_name(
    """AR argentina, AU australia, AT austria, BD bangladesh, BE belgium, BR brazil, CA canada, CL chile,
    CN china, CO colombia, HR croatia, CU cuba, CZ czechia czech_republic, DK denmark, EG egypt, EE estonia,
    ET ethiopia, FI finland, FR france, DE germany, GH ghana, GR greece, HK hong_kong, HU hungary, IS iceland,
    IN india, ID indonesia, IR iran, IQ iraq, IE ireland, IL israel, IT italy, JP japan, JO jordan, KE kenya,
    LV latvia, LT lithuania, LU luxembourg, MY malaysia, MX mexico, MA morocco, NP nepal, NL netherlands
    holland the_netherlands, NZ new_zealand, NG nigeria, NO norway, PK pakistan, PE peru, PH philippines,
    PL poland, PT portugal, QA qatar, RO romania, RU russia, SA saudi_arabia, RS serbia, SG singapore,
    SK slovakia, SI slovenia, ZA south_africa, KR south_korea korea, ES spain, LK sri_lanka, SE sweden,
    CH switzerland, TW taiwan, TZ tanzania, TH thailand, TR turkey türkiye, UG uganda, UA ukraine,
    AE uae united_arab_emirates, GB uk united_kingdom the_uk great_britain britain england scotland wales,
    US usa us united_states america the_us the_usa, VN vietnam"""
)


CURRENCIES: Final[Mapping[str, str]] = _by_name(
    """USD dollar buck $, EUR euro €, GBP pound quid sterling £, INR rupee ₹, JPY yen ¥, CNY yuan renminbi,
    CHF franc swiss_franc, BTC bitcoin, CAD canadian_dollar, AUD australian_dollar aussie_dollar,
    NZD new_zealand_dollar, SGD singapore_dollar, HKD hong_kong_dollar, TRY lira turkish_lira, THB baht,
    KRW won, BRL real reais, MXN peso mexican_peso, ARS argentine_peso, PHP philippine_peso, ZAR rand,
    SEK swedish_krona swedish_krone, NOK norwegian_krone krone, DKK danish_krone, ISK icelandic_krona,
    PLN zloty złoty, CZK koruna, HUF forint, RON leu lei, BGN lev, RUB rouble ruble, UAH hryvnia, ILS shekel,
    AED dirham, MAD moroccan_dirham, SAR riyal, QAR qatari_riyal, EGP egyptian_pound, KWD kuwaiti_dinar dinar,
    PKR pakistani_rupee, LKR sri_lankan_rupee, NPR nepalese_rupee, BDT taka, IDR rupiah, MYR ringgit, VND dong,
    TWD taiwan_dollar, KES shilling kenyan_shilling, NGN naira, GHS cedi"""
)
"""The code of a currency, by its name and its sign."""


def of_name(name: str) -> str | None:
    """Return the code of a language or a country.

    >>> of_name("Portuguese"), of_name("Germany")
    ('pt', 'DE')
    """
    lower = name.strip().lower()
    return LANGUAGES.get(lower) or COUNTRIES.get(lower)


def names_of(code: str) -> list[str]:
    """Return the names of the languages, countries and currencies with a code, in any case."""
    return [
        name
        for names in (LANGUAGES, COUNTRIES, CURRENCIES)
        for name, own in names.items()
        if own.lower() == code.lower()
    ]
