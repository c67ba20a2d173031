"""2. Request body: what is accepted, and what the model server refuses."""

from mock_electron.contract.sections.acceptance import ACCEPTED
from mock_electron.contract.sections.model_server import OBJECTIONS
from mutants.breaking import breaks
from mutants.changes import as_a_greeting, put, status, without_field
from mutants.mutant import Answer, Change


def also(key: str, value: object) -> Change:
    """One more key in the error, between type and request_id."""

    def change(answer: Answer) -> Answer:
        error = answer.json["error"]
        last = {"request_id": error.pop("request_id")}
        return answer.with_json({"error": error | {key: value} | last})

    return change


MALFORMED = "request.malformed"
ENVELOPE = "request.model_server.envelope"
CONTEXT = "request.context.envelope"

MUTANTS = (
    *(breaks(f"request.accepts.{row.id}", "refused", status(400)) for row in ACCEPTED),
    breaks("request.accepts.whole_float", "refused", status(400)),
    breaks("request.accepts.charset", "refused", status(400)),
    breaks(
        "request.max_completion_tokens", "ignored", asked=without_field("max_completion_tokens")
    ),
    breaks("request.max_completion_tokens", "stop", put("choices.0.finish_reason", "stop")),
    *(breaks(f"request.model_server.{row.id}", "422", status(422)) for row in OBJECTIONS),
    *(
        breaks(f"request.model_server.{row.id}", "accepted", asked=as_a_greeting)
        for row in OBJECTIONS
        if row.id != "tool_choice.alone"
    ),
    breaks(f"request.model_server.tool_choice.alone {ENVELOPE}", "accepted", asked=as_a_greeting),
    breaks(ENVELOPE, "details", also("details", [])),
    breaks(ENVELOPE, "another type", put("error.type", "upstream_error")),
    breaks(MALFORMED, "422", status(422)),
    breaks(f"{MALFORMED} {MALFORMED}.envelope", "accepted", asked=as_a_greeting),
    breaks(f"{MALFORMED}.envelope", "details", also("details", [])),
    breaks(f"{MALFORMED}.envelope", "another type", put("error.type", "syntax_error")),
    breaks("request.tools.unchecked", "details", also("details", [])),
    breaks("request.tools.unchecked", "422", status(422)),
    breaks(CONTEXT, "details", also("details", [])),
    breaks(CONTEXT, "another type", put("error.type", "context_length_exceeded")),
    breaks("request.context.message", "no numbers", put("error.message", "The prompt is too long")),
    breaks("request.context.message", "the limit alone", put("error.message", "More than 32768")),
)
