"""What a test logs, for the rule that looks for request ids in the log."""

import logging
from typing import Final

MOST: Final = 16 * 1024 * 1024
"""The maximum size of the log of a test, in characters. A longer one is not judged."""


class TestLog(logging.Handler):
    """Keeps what is logged, until it is closed.

    It keeps the values of `extra` too, which a formatter in JSON would write.
    """

    __test__ = False  # pytest must not collect it

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._size = 0
        self._has_details = False
        logging.getLogger().addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record. One whose arguments are wrong is reported by other handlers."""
        try:
            words = [record.getMessage(), *(v for v in vars(record).values() if type(v) is str)]
        except Exception:  # as any handler does
            self.handleError(record)
            return
        line = " ".join(words)
        self._size += len(line)
        self._has_details = self._has_details or record.levelno <= logging.INFO
        if self._size <= MOST:
            self._lines.append(line)

    @property
    def text(self) -> str | None:
        """The log; None if the level of the log leaves out what applications tell about requests.

        Then a request id that is not there may be logged in production.
        """
        self._has_details = self._has_details or logging.getLogger().level <= logging.INFO
        return "\n".join(self._lines) if self._has_details and self._size <= MOST else None

    def close(self) -> None:
        """Keep no more."""
        logging.getLogger().removeHandler(self)
        super().close()
