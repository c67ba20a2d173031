"""What a request may contain: facts that the schema shares with the types of accepted requests.

They are apart from the schema, because most servers get no request that the schema has to check.
"""

from typing import Final

MODEL: Final = "electron"
MAX_MESSAGES: Final = 200
MAX_TOOLS: Final = 64
MAX_STOPS: Final = 4
MAX_TOP_LOGPROBS: Final = 20


def join_text_parts(content: object) -> object:
    """Return the joined text of a list of text parts, and anything else unchanged."""
    if type(content) is not list:
        return content
    if not all(map(_is_text_part, content)):
        return content
    return "".join([part["text"] for part in content])


def _is_text_part(part: object) -> bool:
    return type(part) is dict and part.get("type") == "text" and type(part.get("text")) is str
