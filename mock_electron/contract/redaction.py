"""Removes keys from responses, so that no report contains one."""

import json
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

from msgspec.structs import replace

from mock_electron.contract.response import Response
from mock_electron.outputs.encodings import encodings

REPLACEMENT: Final = "<key>"
SHORTEST_ENCODING: Final = 8
"""The minimum length of an encoded key, in characters. A shorter one occurs in ids by chance."""


class Redactor:
    """Replaces keys in every form in which an endpoint may repeat them."""

    def __init__(self, keys: Iterable[str]) -> None:
        forms = {form for key in keys for form in _forms(key)}
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return a text without keys."""
        for form in self._forms:
            text = text.replace(form, REPLACEMENT)
        return text

    def response(self, response: Response) -> Response:
        """Return a response without keys."""
        return replace(
            response,
            request_body=self.text(response.request_body),
            headers=tuple((name, self.text(text)) for name, text in response.headers),
            body=self.text(response.text).encode(),
            failure=self.text(response.failure),
        )


def _forms(key: str) -> Iterator[str]:
    """Yield a key as it is, in JSON, in a URL, in base64 and in hex."""
    in_json = json.dumps(key)[1:-1]
    yield from (key, in_json, json.dumps(in_json)[1:-1], key.replace("/", "\\/"))
    yield from (quote(key), quote(key, safe=""), quote_plus(key))
    yield "".join(f"\\u{ord(character):04x}" for character in key)
    for encoded in filter(_is_telling, encodings(key)):
        yield from (encoded, encoded.replace("/", "\\/"), quote(encoded, safe=""))


def _is_telling(encoded: str) -> bool:
    return len(encoded) >= SHORTEST_ENCODING
