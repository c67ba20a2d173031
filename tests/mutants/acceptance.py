"""2. Request body: what is accepted, and what the model server refuses."""

from mock_electron.contract.sections.acceptance import ACCEPTED
from mock_electron.contract.sections.model_server import ALONE, REFUSED
from mutants.breaking import breaks
from mutants.changes import as_greeting, put, status, without_field
from mutants.mutant import Answer, Change


def with_key(key: str, value: object) -> Change:
    """Add a key to the error, between `type` and `request_id`."""

    def change(answer: Answer) -> Answer:
        error = answer.json["error"]
        last = {"request_id": error.pop("request_id")}
        return answer.with_json({"error": error | {key: value} | last})

    return change


MALFORMED = "request.malformed"
ENVELOPE = "request.model_server.envelope"
CONTEXT = "request.context.envelope"
LIMIT = "The maximum context length is 32768 tokens"
OVER = "A request of 40000 tokens (limit 32768)"

MUTANTS = (
    *(breaks(clause.id, "refused", status(400)) for clause in ACCEPTED),
    breaks(
        "request.max_completion_tokens", "ignored", request=without_field("max_completion_tokens")
    ),
    breaks("request.max_completion_tokens", "stop", put("choices.0.finish_reason", "stop")),
    *(breaks(clause.id, "422", status(422)) for clause in REFUSED),
    *(
        breaks(clause.id, "accepted", request=as_greeting)
        for clause in REFUSED
        if clause is not ALONE
    ),
    breaks(f"{ALONE.id} {ENVELOPE}", "accepted", request=as_greeting),
    breaks(ENVELOPE, "details", with_key("details", [])),
    breaks(ENVELOPE, "another type", put("error.type", "upstream_error")),
    breaks(MALFORMED, "422", status(422)),
    breaks(f"{MALFORMED} {MALFORMED}.envelope", "accepted", request=as_greeting),
    breaks(f"{MALFORMED}.envelope", "details", with_key("details", [])),
    breaks(f"{MALFORMED}.envelope", "another type", put("error.type", "syntax_error")),
    breaks("request.tools.unchecked", "details", with_key("details", [])),
    breaks("request.tools.unchecked", "422", status(422)),
    breaks(CONTEXT, "details", with_key("details", [])),
    breaks(CONTEXT, "another type", put("error.type", "context_length_exceeded")),
    breaks("request.context.message", "no numbers", put("error.message", "The prompt is too long")),
    breaks("request.context.message", "only the limit", put("error.message", LIMIT)),
    breaks("request.context.message", "other words", put("error.message", f"{OVER} is too long")),
    *(breaks(f"request.{name}", "400", status(400)) for name in ("encoding", "charset")),
    *(
        breaks(f"request.{name}", "details", with_key("details", []))
        for name in ("encoding", "charset")
    ),
)
