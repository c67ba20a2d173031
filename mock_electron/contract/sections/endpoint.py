"""1. Endpoint and authentication."""

from typing import Final

from mock_electron.contract.checks import all_of, at, json_type, status
from mock_electron.contract.clause import Source
from mock_electron.contract.probe import refused, sends
from mock_electron.contract.section import Section
from mock_electron.contract.sections.probes import HELLO, NO_KEY, NO_MODELS, TOO_LONG, WRONG_KEY
from mock_electron.contract.target import CHAT, Need

SECTION: Final = Section(
    "1 Endpoint and authentication",
    prefix="endpoint",
    documented_in=Source.CHAT_COMPLETIONS,
    inferred_from=Source.EXPRESS,
)

WRONG_KEY_AND_BODY: Final = refused("a wrong key and a wrong body", {}, key="sk_mock_revoked")
OTHER_SCHEME: Final = sends(
    "another scheme than Bearer",
    "POST",
    CHAT,
    b"{}",
    headers={"Authorization": "Basic c2tfbW9jazo="},
)
GET: Final = sends("GET", "GET", CHAT)
UNKNOWN_PATH: Final = sends("a path that does not exist", "POST", "/completions/chat", b"{}")
FORBIDDEN_AND_WRONG: Final = refused(
    "a key without access and a wrong body",
    {},
    key=Need.FORBIDDEN_KEY,
    needs=(Need.FORBIDDEN_KEY,),
)

# fmt: off
CLAUSES: Final = (
    SECTION.documented("answers", "`POST {base}/chat/completions` with a valid key is answered.",
        HELLO, all_of(status(200), at("choices", json_type("array")))),
    SECTION.documented("key.missing", "A request without a key is refused with 401.",
        NO_KEY, status(401)),
    SECTION.documented("key.wrong", "A request with an unknown key is refused with 401.",
        WRONG_KEY, status(401)),
    SECTION.inferred("key.scheme",
        "The key must be a bearer token; another scheme is refused with 401.",
        OTHER_SCHEME, status(401), source=Source.AUTHENTICATION),
    SECTION.assumed("key.first", "The key is checked before the body.",
        WRONG_KEY_AND_BODY, status(401)),
    SECTION.assumed("access.first", "Access to Electron is checked before the body.",
        FORBIDDEN_AND_WRONG, status(403)),
    SECTION.inferred("models", "There is no list of models: `GET {base}/models` gets a 404.",
        NO_MODELS, status(404), source=Source.API_REFERENCE),
    SECTION.inferred("path", "An unknown path gets a 404.", UNKNOWN_PATH, status(404)),
    SECTION.inferred("method", "A wrong method gets a 404.", GET, status(404)),
    SECTION.documented("context",
        "More than 32,768 tokens of prompt and `max_tokens` together are refused with 400.",
        TOO_LONG, status(400)),
)
# fmt: on
