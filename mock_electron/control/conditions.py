"""The conditions of `exchanges.where` as JSON values.

Those on requests have the form of script files. Those on answers have none in script files, so they
are described here.
"""

from collections.abc import Mapping
from typing import Any, Final

from mock_electron.engine.exchange import OUTCOMES
from mock_electron.engine.script.condition_values import ValueKind
from mock_electron.engine.script.conditions import CONDITIONS
from mock_electron.engine.script.match import Match
from mock_electron.inputs.spelling import shortened
from mock_electron.outputs.redaction import is_secret_name, redact_message, shown_end
from mock_electron.scripts.conditions import FORMS, FileForm, Schema
from mock_electron.scripts.problems import WrongError
from mock_electron.scripts.validation import Instance, check
from mock_electron.scripts.wording import field_path
from mock_electron.traffic.exchanges import Exchanges
from mock_electron.wire import codec

WHERE: Final[Mapping[str, FileForm]] = {
    **{name: FORMS[condition.kind] for name, condition in CONDITIONS.items()},
    "tool": FORMS[ValueKind.NAME],
    "text": FORMS[ValueKind.TEXT],
    "status": FileForm({"type": "integer", "minimum": 0}),
    "error": FORMS[ValueKind.NAME],
    "outcome": FileForm({"enum": list(OUTCOMES)}),
    "answered_by": FORMS[ValueKind.NAME],
    "step": FORMS[ValueKind.COUNT],
    "too_early": FORMS[ValueKind.BOOLEAN],
}
"""The form of each condition."""
LONGEST: Final = 200
"""The maximum number of characters of a condition that is shown."""
SCHEMAS: Final[Mapping[str, Schema]] = {name: form.schema for name, form in WHERE.items()}
"""The JSON Schema of each condition."""


def read_where(name: str, given: Any) -> Any:
    """Return the value of a condition as `exchanges.where` takes it.

    Args:
        name: The condition, which must exist.
        given: A JSON value.

    Raises:
        WrongError: If the condition does not accept it.
    """
    form = WHERE[name]
    found = [(one.path[1:], one.message) for one in check(Instance(given, form.schema, (name,)))]
    if found:
        raise WrongError(found)
    try:
        value = form.read(given)
        Exchanges((), 0, "").where(**{name: value})  # it checks the value
    except WrongError:
        raise
    except (TypeError, ValueError) as error:
        raise WrongError([(field_path(str(error), given), str(error))]) from None
    return value


def shown_conditions(match: Match | None, function: object = None) -> list[str]:
    """Return what a request must be like, as texts without keys, such as `says="weather"`.

    Args:
        match: The conditions.
        function: A function that must return true as well.
    """
    match = match or Match()
    texts = [_shown(name, value) for name, value in match.conditions]
    return texts + ["a function"] * (match.predicate is not None or function is not None)


def _shown(name: str, value: Any) -> str:
    kind = CONDITIONS[name].kind
    form = FORMS[kind].write(value)
    if kind is ValueKind.KEY:
        form = shown_end(form)
    elif kind is ValueKind.HEADERS:
        form = {header: "…" if is_secret_name(header) else text for header, text in form.items()}
    return shortened(redact_message(f"{name}={codec.encode(form).decode()}"), LONGEST)
