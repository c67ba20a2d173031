"""The log on standard error, as text or as JSON lines. It never blocks, and contains no keys."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from mock_electron.cli.output import Printer
from mock_electron.engine.clock import timestamp
from mock_electron.outputs.redaction import redact, redact_message

LEVELS: Final = ("critical", "error", "warning", "info", "debug")
FORMATS: Final = ("text", "json")
TEXT: Final = "%(levelname)s %(name)s: %(message)s"
OWN: Final = ("mock_electron", "mock_electron.exchanges")
"""Loggers whose messages are sentences, and not the lines of requests."""
ACCESS: Final = "uvicorn.access"
"""The logger of uvicorn for requests. At the level info, the exchanges have lines of their own."""


def _redacted(record: logging.LogRecord, text: str) -> str:
    return (redact_message if record.name in OWN else redact)(text)


class TextFormatter(logging.Formatter):
    """A formatter whose messages contain no keys. A traceback is not changed."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the name in logging)
        """Return the first line of a record."""
        return _redacted(record, super().formatMessage(record))


class JsonFormatter(logging.Formatter):
    """A formatter that returns one line of JSON. A record may have more in `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        fields: dict[str, Any] = {
            "time": timestamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields |= getattr(record, "fields", {})
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        shown = {
            key: _redacted(record, one) if isinstance(one, str) else one
            for key, one in fields.items()
        }
        return json.dumps(shown, separators=(",", ":"))


FORMATTERS: Final[dict[str, logging.Formatter]] = {
    "text": TextFormatter(TEXT),
    "json": JsonFormatter(),
}


class PrintingHandler(logging.Handler):
    """A log handler that never blocks.

    Args:
        printer: The printer of the log.
        form: The format, one of FORMATS.
    """

    def __init__(self, printer: Printer, form: str = "text") -> None:
        super().__init__()
        self.setFormatter(FORMATTERS[form])
        self._printer = printer

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        try:
            self._printer.print(self.format(record))
        except Exception:  # a record that cannot be formatted must not stop a request
            self._printer.print(f"{record.levelname} {record.name}: {record.msg!r}")


def line(text: str, level: str, form: str, fields: Mapping[str, Any] | None = None) -> str:
    """Return a line of the program itself, which is printed at every level.

    Args:
        text: The line.
        level: Its level, for JSON.
        form: The format, one of FORMATS.
        fields: More fields, for JSON.
    """
    if form == "text":
        return text
    number = logging.getLevelNamesMapping()[level.upper()]
    record = logging.LogRecord("mock_electron", number, "", 0, text, (), None)
    record.fields = fields or {}
    return FORMATTERS[form].format(record)


@contextmanager
def logging_to(printer: Printer, level: str, form: str = "text") -> Iterator[None]:
    """Log to a printer while the block runs.

    Args:
        printer: The printer.
        level: The lowest level that is logged, one of LEVELS.
        form: The format, one of FORMATS.
    """
    root, access, handler = (
        logging.getLogger(),
        logging.getLogger(ACCESS),
        PrintingHandler(printer, form),
    )
    before = root.level, access.level
    root.addHandler(handler)
    root.setLevel(level.upper())
    access.setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        access.setLevel(before[1])
