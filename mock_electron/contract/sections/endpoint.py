"""1. Endpoint and authentication."""

from typing import Final

from mock_electron.contract.checks import a, all_of, at, status
from mock_electron.contract.clause import ASSUMED, DOCUMENTED, INFERRED, Clause, Source
from mock_electron.contract.probe import refused, sends
from mock_electron.contract.sections.probes import HELLO, NO_KEY, NO_MODELS, TOO_LONG, WRONG_KEY
from mock_electron.contract.target import Need

SECTION: Final = "1 Endpoint and authentication"

WRONG_KEY_AND_BODY: Final = refused("a wrong key and a wrong body", {}, key="sk_mock_revoked")
OTHER_SCHEME: Final = sends(
    "another scheme than Bearer",
    "POST",
    "/chat/completions",
    b"{}",
    headers={"Authorization": "Basic c2tfbW9jazo="},
)
GET: Final = sends("GET", "GET", "/chat/completions")
UNKNOWN_PATH: Final = sends("a path that does not exist", "POST", "/completions/chat", b"{}")
FORBIDDEN_AND_WRONG: Final = refused(
    "a key without access and a wrong body",
    {},
    key=Need.FORBIDDEN_KEY,
    needs=(Need.FORBIDDEN_KEY,),
)

CLAUSES: Final = (
    Clause(
        "endpoint.answers",
        SECTION,
        "POST {base}/chat/completions with a key is answered.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        HELLO,
        all_of(status(200), at("choices", a("array"))),
    ),
    Clause(
        "endpoint.key.missing",
        SECTION,
        "A request without a key is refused with 401.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        NO_KEY,
        status(401),
    ),
    Clause(
        "endpoint.key.wrong",
        SECTION,
        "A key that does not exist is refused with 401.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        WRONG_KEY,
        status(401),
    ),
    Clause(
        "endpoint.key.scheme",
        SECTION,
        "The key comes as a bearer token: another scheme is refused with 401.",
        INFERRED,
        Source.AUTHENTICATION,
        OTHER_SCHEME,
        status(401),
    ),
    Clause(
        "endpoint.key.first",
        SECTION,
        "The key is checked before the body.",
        ASSUMED,
        Source.CHOICE,
        WRONG_KEY_AND_BODY,
        status(401),
    ),
    Clause(
        "endpoint.access.first",
        SECTION,
        "Access to Electron is checked before the body.",
        ASSUMED,
        Source.CHOICE,
        FORBIDDEN_AND_WRONG,
        status(403),
    ),
    Clause(
        "endpoint.models",
        SECTION,
        "There is no list of models: GET {base}/models is a 404.",
        INFERRED,
        Source.API_REFERENCE,
        NO_MODELS,
        status(404),
    ),
    Clause(
        "endpoint.path",
        SECTION,
        "A path that does not exist is a 404.",
        INFERRED,
        Source.EXPRESS,
        UNKNOWN_PATH,
        status(404),
    ),
    Clause(
        "endpoint.method",
        SECTION,
        "A wrong method is a 404.",
        INFERRED,
        Source.EXPRESS,
        GET,
        status(404),
    ),
    Clause(
        "endpoint.context",
        SECTION,
        "More than 32,768 tokens of prompt and max_tokens together are refused with 400.",
        DOCUMENTED,
        Source.CHAT_COMPLETIONS,
        TOO_LONG,
        status(400),
    ),
)
