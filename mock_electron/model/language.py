"""The languages that the pocket model speaks: data files, and the detection of a text's language.

A language is one file in `languages/`, named by its code. To add one, add a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from mock_electron.wire import codec


@dataclass(frozen=True, slots=True)
class Language:
    """One language, as its file has it.

    code, name: such as "hi" and "Hindi". called: how prompts name it, in lower case.
    script: the Unicode ranges of its letters that no other language here shares, or "" for Latin.
    common: frequent short words, in lower case, by which it is told from others of its script.
    recognise: for "greeting", "thanks" and "farewell" the words that a message of the kind begins
        with, in lower case.
    phrases: what is said, several wordings for each kind; see `languages/en.json` for the kinds.
    lexicon: English stem → words of this language (lower case, stems suffice) that mean it, so that
        tools described in English are found.
    around: what stands around a place or a name, `{x}` being its place: "in {x}", "{x} में".
    numbers: number words → their value. days: words such as "tomorrow" → days from today.
    """

    code: str
    name: str
    called: tuple[str, ...]
    script: str
    common: frozenset[str]
    recognise: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[str, ...]]
    lexicon: Mapping[str, tuple[str, ...]]
    around: tuple[str, ...]
    numbers: Mapping[str, int]
    days: Mapping[str, int]


def _load(code: str, data: bytes) -> Language:
    fields: Any = codec.decode(data)
    return Language(
        code=code,
        name=fields["name"],
        called=tuple(fields["called"]),
        script=fields["script"],
        common=frozenset(fields["common"]),
        recognise={kind: tuple(words) for kind, words in fields["recognise"].items()},
        phrases={kind: tuple(texts) for kind, texts in fields["phrases"].items()},
        lexicon={stem: tuple(words) for stem, words in fields["lexicon"].items()},
        around=tuple(fields["around"]),
        numbers=fields["numbers"],
        days=fields["days"],
    )


def _load_all() -> dict[str, Language]:
    pages = sorted(files(__package__).joinpath("languages").iterdir(), key=lambda page: page.name)
    codes = {page.name.removesuffix(".json"): page for page in pages if page.name.endswith(".json")}
    return {code: _load(code, page.read_bytes()) for code, page in codes.items()}


LANGUAGES: Final[Mapping[str, Language]] = _load_all()
ENGLISH: Final = LANGUAGES["en"]
