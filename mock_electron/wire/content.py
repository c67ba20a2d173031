"""What a request may contain: facts that the checks share with the types of accepted requests.

They are apart from the checks, because most servers get no request that is not accepted at once.
"""

from typing import Final

MODEL: Final = "electron"
MAX_MESSAGES: Final = 200
MAX_TOOLS: Final = 64
MAX_STOPS: Final = 4
MAX_TOP_LOGPROBS: Final = 20
TOOL_NAME_TEXT: Final = r"[a-zA-Z0-9_-]{1,64}"
SEEDS: Final = range(-(2**63), 2**63)


def join_text_parts(content: object) -> object:
    """Return the joined text of a list of text parts, and anything else unchanged."""
    if type(content) is not list:
        return content
    if not all(map(_is_text_part, content)):
        return content
    return "".join([part["text"] for part in content])


def _is_text_part(part: object) -> bool:
    return type(part) is dict and part.get("type") == "text" and type(part.get("text")) is str
