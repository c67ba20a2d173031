"""How words sound, whatever their script: ஃபேன் and "fan", गाड़ी and "gadi" have the same sounds.

1. A sound is one letter. Aspirated consonants are capitals: "K" is "kh".
2. The vowel "a", which scripts of India do not write and people drop, is only kept at the beginning.
   Others are "i", as in "kitne", or "u", as in "phone".
3. `sounds` tells words of Hindi apart. `rough` does not know voiced and aspirated consonants, which
   Tamil does not write. `bones` are its consonants: English vowels are heard in many ways.
"""

from functools import lru_cache
from itertools import groupby
from typing import Final

from mock_electron._regex import regex

CONSONANTS: Final = {
    **dict(zip("कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळ", "kKgGnccjJntTdDntTdDnpfbBmirlvssshl", strict=True)),
    **dict(zip("கஙசஞஜடணதநனபமயரறலளழவஶஷஸஹ", "gncnjdndnnpmirrlllvsssh", strict=True)),
    "ஃ": "",
}  # fmt: skip
VOWELS: Final = {
    **dict(zip("अआइईउऊऋएऐओऔऑऍ", "aaiiuuriiuuai", strict=False)),
    **dict(zip("அஆஇஈஉஊஎஏஐஒஓஔ", "aaiiuuiiiuuu", strict=True)),
}
SIGNS: Final = {
    **dict(zip("ािीुूृेैोौॉॅ", ["", *"iiuuriiuuui"], strict=False)),
    **dict(zip("ாிீுூெேைொோௌ", ["", *"iiuuiiiuuu"], strict=True)),
}
NASALS: Final = "ंँ"
LATIN: Final = {
    "tion": "sn", "sion": "sn", "ture": "cr", "ough": "u", "igh": "i", "tch": "c", "chh": "c", "sch": "sk",
    "dge": "j", "ck": "k", "kh": "K", "gh": "G", "ch": "c", "jh": "J", "th": "T", "dh": "D", "ph": "f",
    "bh": "B", "sh": "s", "zh": "l", "wh": "v", "qu": "kv", "ce": "si", "ci": "si", "cy": "si", "c": "k",
    "aw": "u", "ow": "u", "x": "ks", "q": "k", "w": "v", "z": "j", "y": "i", "e": "i", "o": "u", "aa": "a",
}  # fmt: skip
SPELLED: Final = regex("|".join(sorted(LATIN, key=len, reverse=True)))
SILENT: Final = regex(r"(?<=[^aeiou])e$|(?<=^)[kp](?=n)|(?<=^)w(?=r)")
SOFT: Final = regex(r"[cg]e$")
ENGLISH: Final = regex(r"g(?=[eiy])")
INNER_A: Final = regex(r"(?<!^)a")
ROUGH: Final = str.maketrans("KgGcjJTdDfbB", "kkkssstttppp")
INNER_H: Final = regex(r"(?<!^)h")
NO_VOWELS: Final = str.maketrans("", "", "aiu")


@lru_cache(maxsize=4096)
def sounds(word: str) -> str:
    """Return the sounds of a lowercase word.

    >>> sounds("चाहिए"), sounds("chahiye")
    ('chi', 'chi')
    """
    if word.isascii():
        spoken = SPELLED.sub(
            lambda found: LATIN[found[0]],
            SILENT.sub("", SOFT.sub(lambda found: "s" if found[0] == "ce" else "j", word)),
        )
    else:
        spoken = _indic(word)
    return _single(INNER_A.sub("", _single(spoken)))


def _single(spoken: str) -> str:
    """Return sounds without repetitions."""
    return "".join([one for one, _ in groupby(spoken)])


def _indic(word: str) -> str:
    found: list[str] = []
    for place, letter in enumerate(word):
        if letter in CONSONANTS:
            found.append(CONSONANTS[letter])
        elif letter in SIGNS:
            found.append(SIGNS[letter])
        elif letter in VOWELS:
            found.append(VOWELS[letter])
        elif letter in NASALS:
            found.append("m" if word[place + 1 : place + 2] in LABIALS else "n")
    return "".join(found)


LABIALS: Final = frozenset("पफबभम")


@lru_cache(maxsize=4096)
def rough(word: str) -> str:
    """Return the sounds of a lowercase word, as Tamil writes them.

    >>> rough("பெட்ரூம்"), rough("bedroom")
    ('pitrum', 'pitrum')
    """
    return _single(INNER_H.sub("", sounds(word).translate(ROUGH)).replace("ts", "s"))


def softened(word: str) -> str:
    """Return an English word with "j" for each "g" that may be one: "emergency", but also "get"."""
    return ENGLISH.sub("j", word)


def bones(spoken: str) -> str:
    """Return the consonants of sounds.

    >>> bones(rough("ஃபில்டர்")), bones(rough("filter"))
    ('pltr', 'pltr')
    """
    return _single(spoken.translate(NO_VOWELS))
