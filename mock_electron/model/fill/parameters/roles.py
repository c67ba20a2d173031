"""The role of a property: its purpose, by its name, its format and its description.

A role determines which kinds of values fill a string, and how a string is generated. The format
decides first, then the words of the name, the last word before the first ("order_date" is a date),
then the words of the description. To give a word a role, add it to its line in ROLES.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from mock_electron.model.fill.text import words
from mock_electron.model.hear.kinds import READERS
from mock_electron.model.normalise import STOP_WORDS, normalise, normalised


class Role(Struct, frozen=True):
    """A role. words: the words of names that mean it. kinds: the kinds of values that fill it."""

    name: str
    words: frozenset[str]
    kinds: tuple[str, ...] = ()

    @property
    def is_written(self) -> bool:
        """Whether it has a kind of value of its own, that is found by how it is written."""
        return self.kinds[:1] == (self.name,) and self.name in READERS


def _role(name: str, spoken: str, *kinds: str) -> Role:
    return Role(name, normalised(spoken), kinds)


ROLES: Final = (
    _role("email", "email mail", "email"),
    _role("url", "url uri link website webpage homepage endpoint", "url"),
    _role("phone", "phone mobile telephone tel fax cell msisdn cellphone whatsapp handset landline", "phone", "number", "digits"),
    _role("uuid", "uuid guid", "uuid"),
    _role("ipv4", "ip ipv4", "ipv4"),
    _role("datetime", "datetime timestamp when", "datetime", "moment", "date", "time"),
    _role("date", "date yyyy day deadline due birthday birth dob checkin checkout", "date", "datetime", "day"),
    _role("time", "time hh hour clock", "time", "datetime", "clock"),
    _role("language", "language lang locale", "name"),
    _role("currency", "currency", "currency"),
    _role("expression", "expression formula equation calculation math polynomial function", "expression"),
    _role("path", "path file filename filepath directory folder", "path"),
    _role("host", "host hostname domain zone subdomain server dns", "ipv4", "url", "host"),
    _role("unit", "unit"),
    _role("symbol", "symbol ticker", "code", "name"),
    _role(
        "composed",
        """setup punchline explanation output answer reasoning moral story joke poem response reply
        conclusion lesson rationale analysis translation essay haiku plan fact opinion advice""",
    ),
    _role("thing", "product item dish article ingredient good drink meal grocery purchase commodity"),
    _role("country", "country nation nationality citizenship", "name"),
    _role("sql", "sql", "sql"),
    _role("reason", "reason cause", "reason"),
    _role("street", "street road", "street"),
    _role(
        "text",
        """query text message question prompt content body input note comment description
        sentence comment remark utterance statement feedback summary task todo reminder request issue problem
        fault symptom defect damage complaint concern keyword term search instruction q msg detail thought goal what""",
    ),
    _role("title", "title subject topic headline theme event label heading", "title"),
    _role(
        "place",
        """city location place destination origin address region town area where venue
        pickup dropoff state province airport street neighborhood station capital zone village district room building floor office""",
        "name",
    ),
    _role(
        "person",
        """person recipient customer guest participant author attendee patient contact
        employee passenger student sender receiver assignee member owner speaker invitee user
        username firstname lastname fullname surname people friend artist player child teacher
        manager candidate doctor who pupil payee client son daughter kid stylist therapist barber nurse
        dentist technician landlord beneficiary caller holder visitor resident tenant driver
        director actor actress artist singer composer chef""",
        "name",
    ),
    _role(
        "organisation",
        """company organization organisation brand business team employer manufacturer maker vendor supplier
        publisher airline carrier bank retailer store shop seller provider institution university college
        school clinic hospital pharmacy club league agency network insurer merchant restaurant hotel museum
        library park stadium theatre theater cinema gym salon dealer garage surgery practice""",
        "name",
    ),
    _role("name", "name", "name"),
    _role("to", "to", "email", "phone", "name"),
    _role("from", "from", "email", "phone", "name"),
    _role("id", "id confirmation digit code reference ref sku number postcode pincode zipcode plate registration awb pnr policy no isbn key identifier order invoice zip postal ticket booking tracking case account flight reservation shipment", "uuid", "code", "number", "digits"),
)  # fmt: skip
BY_WORD: Final[Mapping[str, Role]] = {
    word: role for role in reversed(ROLES) for word in sorted(role.words)
}
NAMED: Final[Mapping[str, Role]] = {role.name: role for role in ROLES}
WEAK: Final = normalised(
    "pickup dropoff case account ticket booking flight reservation name number no code id key to from order user event"
)
"""Words that another word of the name says more than: "city_name", "phone_number"."""
IDS: Final = frozenset(("id", "code", "reference", "ref", "sku", "identifier", "number", "no"))
"""As the last word, these take precedence over all others: "user_id" is not a person."""
STRONG: Final = frozenset(("email", "phone", "ip", "zip", "postal", "mobile", "url"))
"""Before such a last word these decide: "phone_number"."""
CODED: Final = ("language", "country", "currency")
"""Roles whose values a code may stand for: "the code of the language" is no id."""
BY_FORMAT: Final[Mapping[str, str]] = {
    "email": "email", "idn-email": "email", "uri": "url", "url": "url", "uuid": "uuid",
    "ipv4": "ipv4", "date": "date", "date-time": "datetime", "time": "time",
}  # fmt: skip
DESCRIBED: Final = ("thing", "place", "text", "title", "person", "id", "currency", "expression", "language", "country")  # fmt: skip
"""Roles that a description may give if the name gives none, besides those that are written."""
ANY: Final = Role("any", frozenset())


def role_of(name: tuple[str, ...], form: object, about: tuple[str, ...]) -> Role:
    """The role of a property with these words in its name, this format, and this description."""
    if isinstance(form, str) and form in BY_FORMAT:
        return NAMED[BY_FORMAT[form]]
    if name and name[-1] in IDS and not STRONG.intersection(name):
        return NAMED["id"]
    named = next(
        (BY_WORD[word] for word in reversed(name) if word in BY_WORD and word not in WEAK), None
    )
    told = _told(about) if about else None
    if told is not None and (named is None or named.name in VAGUE or told.name == "datetime"):
        return told
    if named is not None:
        return named
    roles = [BY_WORD[word] for word in about if word in BY_WORD and word not in WEAK]
    is_place = NAMED["place"] in roles  # "the address, with its country"
    for role in sorted(roles, key=lambda role: role.name not in CODED or is_place):
        if role.name in DESCRIBED or role.is_written:
            return role
    return next((BY_WORD[word] for word in reversed(name) if word in BY_WORD), ANY)


VAGUE: Final = ("person", "to", "from", "place", "organisation")
"""Roles by name whose values may be addresses: "recipient: the e-mail address"."""


def _told(about: tuple[str, ...]) -> Role | None:
    """The role that a description gives in spite of the name: an address, or a date and a time."""
    words = frozenset(about)
    if words.isdisjoint(("name", "or")):
        for word in ("email", "phone"):
            if word in words or (word == "email" and {"e", "mail"} <= words):
                return NAMED[word]
    return NAMED["datetime"] if any(one <= words for one in MOMENTS) else None


MOMENTS: Final = tuple(
    map(normalised, ("datetime", "date time", "yyyy hh mm", "yyyy ddthh", "dd yyyy hh"))
)
"""Words of a description that together ask for a day with a time: "YYYY-MM-DD HH:MM"."""


SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "price": ("dollar", "euro", "rupee", "usd", "eur", "inr", "pound", "$", "€", "₹", "£"),
    "amount": ("dollar", "euro", "rupee", "usd", "eur", "inr", "pound", "$", "€", "₹", "£"),
    "cost": ("dollar", "euro", "rupee", "$", "€", "₹", "£"),
    "budget": ("dollar", "euro", "rupee", "$", "€", "₹", "£"),
    "salary": ("dollar", "euro", "rupee", "$", "€", "₹", "£"),
    "birth": ("born",),
    "age": ("year", "aged", "old", "year-old"),
    "guest": ("people", "person", "adult", "pax"),
    "people": ("person", "guest", "adult"),
    "party": ("people", "person", "guest"),
    "passenger": ("people", "person", "adult"),
    "adult": ("people", "person", "guest", "log"),
    "child": ("children", "kid"),
    "temperature": ("degree", "celsius", "fahrenheit", "°"),
    "duration": ("minute", "hour", "min", "second", "day", "week"),
    "distance": ("km", "kilometer", "kilometre", "mile", "meter", "metre"),
    "weight": ("kg", "kilo", "kilogram", "gram", "pound", "lb"),
    "height": ("cm", "meter", "metre", "feet", "inch"),
    "limit": ("result", "top", "first", "item", "most", "last", "latest", "recent", "next"),
    "count": ("time", "item", "result", "last", "latest", "recent"),
    "max": ("most", "maximum", "top", "first"),
    "quantity": ("x", "piece", "item", "unit", "copy"),
    "rating": ("star", "out", "rated"),
    "percent": ("%", "percent"),
    "percentage": ("%", "percent"),
    "discount": ("%", "percent", "off"),
    "rate": ("%", "percent"),
    "brightness": ("%", "percent", "dim", "dimmer", "bright", "brighter", "dimmed"),
    "volume": ("%", "percent", "loud", "louder", "quieter"),
    "dob": ("born", "birthday", "birth"),
    "num": ("number",),
    "min": ("minimum", "least"),
}
"""A word of a property's name → other words that appear next to its numbers."""


def hints(name: tuple[str, ...]) -> frozenset[str]:
    """The words that appear next to a property's values: those of its name, and their synonyms."""
    own = frozenset(name) - STOP_WORDS - words.SCHEMA_WORDS - {"number", "num", "count", "total"}
    own = own or frozenset(name)
    return own | {normalise(more) for word in name for more in SYNONYMS.get(word, ())}
