"""1. Endpoint and authentication."""

from mutants.breaking import breaks
from mutants.changes import status, with_header
from mutants.conditions import of_key

LET_IN = with_header("authorization", "Bearer sk_mock")

MUTANTS = (
    breaks("endpoint.answers", "201", status(201)),
    breaks("endpoint.key.missing", "403", status(403)),
    breaks("endpoint.key.missing errors.401.same", "anybody is let in", asked=LET_IN),
    breaks("endpoint.key.wrong", "403", status(403)),
    breaks(
        "endpoint.key.wrong endpoint.key.first errors.envelope errors.401.type errors.401.message",
        "any key is let in",
        asked=LET_IN,
        when=of_key("sk_mock_revoked"),
    ),
    breaks("endpoint.key.scheme", "Basic is let in", asked=LET_IN),
    breaks("endpoint.key.first", "the body is checked first", asked=LET_IN),
    breaks("endpoint.access.first", "the body is checked first", asked=LET_IN),
    breaks("endpoint.models", "an empty list", status(200)),
    breaks("endpoint.path", "405", status(405)),
    breaks("endpoint.method", "405", status(405)),
    breaks("endpoint.context", "413", status(413)),
)
