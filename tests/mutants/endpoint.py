"""1. Endpoint and authentication."""

from mutants.breaking import breaks
from mutants.changes import status, with_header
from mutants.conditions import has_key

VALID_KEY = with_header("authorization", "Bearer sk_mock")

MUTANTS = (
    breaks("endpoint.answers", "201", status(201)),
    breaks("endpoint.key.missing", "403", status(403)),
    breaks("endpoint.key.missing errors.401.same", "accepted", request=VALID_KEY),
    breaks("endpoint.key.wrong", "403", status(403)),
    breaks(
        "endpoint.key.wrong endpoint.key.first errors.envelope errors.401.type errors.401.message",
        "accepted",
        request=VALID_KEY,
        when=has_key("sk_mock_revoked"),
    ),
    breaks("endpoint.key.scheme", "Basic is accepted", request=VALID_KEY),
    breaks("endpoint.key.first", "the body is checked first", request=VALID_KEY),
    breaks("endpoint.access.first", "the body is checked first", request=VALID_KEY),
    breaks("endpoint.models", "an empty list", status(200)),
    breaks("endpoint.path", "405", status(405)),
    breaks("endpoint.method", "405", status(405)),
    breaks("endpoint.context", "413", status(413)),
)
