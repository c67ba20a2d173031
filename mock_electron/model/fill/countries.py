"""The countries, and what people and things from each are called."""

from collections.abc import Mapping
from typing import Final

ROWS: Final = """
    afghanistan afghan; albania albanian; algeria algerian; argentina argentinian argentine; armenia
    armenian; australia australian; austria austrian; azerbaijan azerbaijani; bahrain bahraini; bangladesh
    bangladeshi; belarus belarusian; belgium belgian; bolivia bolivian; bosnia bosnian; botswana; brazil
    brazilian; bulgaria bulgarian; cambodia cambodian; cameroon cameroonian; canada canadian; chile chilean;
    china chinese; colombia colombian; costa_rica costa_rican; croatia croatian; cuba cuban; cyprus cypriot;
    czech_republic czech; denmark danish; ecuador ecuadorian; egypt egyptian; eritrea eritrean; estonia
    estonian; ethiopia ethiopian; fiji fijian; finland finnish; france french; georgia georgian; germany
    german; ghana ghanaian; greece greek; guatemala guatemalan; haiti haitian; honduras honduran; hungary
    hungarian; iceland icelandic; india indian; indonesia indonesian; iran iranian; iraq iraqi; ireland
    irish; israel israeli; italy italian; jamaica jamaican; japan japanese; jordan jordanian; kazakhstan
    kazakh; kenya kenyan; kuwait kuwaiti; laos lao; latvia latvian; lebanon lebanese; libya libyan;
    lithuania lithuanian; luxembourg; malawi malawian; malaysia malaysian; maldives maldivian; malta
    maltese; mauritius mauritian; mexico mexican; moldova moldovan; mongolia mongolian; morocco moroccan;
    mozambique; myanmar burmese; namibia namibian; nepal nepali nepalese; netherlands dutch; new_zealand;
    nicaragua nicaraguan; nigeria nigerian; norway norwegian; oman omani; pakistan pakistani; panama
    panamanian; paraguay; peru peruvian; philippines filipino philippine; poland polish; portugal
    portuguese; qatar qatari; romania romanian; russia russian; rwanda rwandan; saudi_arabia saudi; senegal
    senegalese; serbia serbian; singapore singaporean; slovakia slovak; slovenia slovenian; somalia somali;
    south_africa south_african; south_korea korean; spain spanish; sri_lanka sri_lankan; sudan sudanese;
    sweden swedish; switzerland swiss; syria syrian; taiwan taiwanese; tanzania tanzanian; thailand thai;
    tunisia tunisian; turkey turkish; uganda ugandan; ukraine ukrainian; united_arab_emirates emirati;
    united_kingdom british; united_states american; uruguay uruguayan; uzbekistan uzbek; venezuela
    venezuelan; vietnam vietnamese; wales welsh; scotland scottish; england english; yemen yemeni; zambia
    zambian; zimbabwe zimbabwean; uk; usa; uae
"""  # a country and the words for what comes from it
SHORT: Final = ("uk", "usa", "uae")


def _countries() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in ROWS.split(";"):
        name, *others = [word.replace("_", " ") for word in row.split()]
        country = name.upper() if name in SHORT else name.title()
        found.update(dict.fromkeys((name, *others), country))
    return found


COUNTRIES: Final = _countries()
"""A country, or a word for what comes from it, in lowercase → the country."""
FIRST: Final = frozenset([name.split()[0] for name in COUNTRIES if " " in name])
"""The first words of names of two words."""
