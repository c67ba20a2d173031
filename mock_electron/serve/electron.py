"""`Electron`: one lane and the address where it answers, as a test sees them."""

from typing import Final

from mock_electron.engine.journal import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.engine.script import Step
from mock_electron.model.draft import Call, Draft
from mock_electron.serve.app import BASE_PATH
from mock_electron.wire import errors
from mock_electron.wire.codec import checked_text

API_KEY: Final = "sk_mock"


class Electron:
    """A fake Electron for one test.

    url: the address without `/waves/v1`. base_url: the address as an OpenAI client wants it.
    api_key: a key that is let in.

        client = OpenAI(base_url=electron.base_url, api_key=electron.api_key)
    """

    def __init__(self, lane: Lane, url: str) -> None:
        self._lane = lane
        self.url = url
        self.base_url = url + BASE_PATH
        self.api_key = (lane.settings.api_keys or (API_KEY,))[0]

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that lead a client here, for code that reads them.

        subprocess.run(["python", "agent.py"], env=os.environ | electron.env)
        """
        return {
            "SMALLEST_API_KEY": self.api_key,
            "OPENAI_BASE_URL": self.base_url,
            "OPENAI_API_KEY": self.api_key,
        }

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was asked and what was answered, in order of arrival.

        Waits until nothing is in flight; StillInFlightError is raised where that takes too long.
        """
        return self._lane.journal.read()

    def reply(self, *what: str | Call, filler: str | None = None, times: int = 1) -> None:
        """Script the next answer: a text, or one or more calls.

        filler: words to be spoken before the calls. times: for how many requests.
        Raises TypeError for anything else.

        electron.reply("Hi!")
        electron.reply(call("get_weather", city="Mumbai"), filler="One moment…")
        """
        self._lane.add(Step(_draft(what, filler), times))

    def fail(
        self,
        kind: int | str,
        *,
        times: int = 1,
        message: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        """Script the next answer to be an error.

        kind: a status such as 503, or a name such as "concurrency". times: for how many requests.
        message: other words than Electron's. retry_after: seconds for the `Retry-After` header.
        Raises ValueError, naming what there is, for an error that Electron does not have.

        electron.fail(503, times=2)
        """
        error = errors.find(kind)
        if message is not None:
            error = error.saying(message)
        if retry_after is not None:
            error = error.retry_in(retry_after)
        self._lane.add(Step(error, times))


def _draft(what: tuple[str | Call, ...], filler: str | None) -> Draft:
    texts = tuple(part for part in what if isinstance(part, str))
    calls = tuple(part for part in what if isinstance(part, Call))
    if len(texts) == len(what) == 1 and filler is None:
        return Draft(checked_text(texts[0], "a reply"))
    if len(calls) == len(what) > 0 and isinstance(filler, str | None):
        return Draft(None if filler is None else checked_text(filler, "a filler"), calls)
    raise TypeError(
        "reply() takes one text, or one or more call(…) with an optional filler=…, "
        f"not reply({', '.join(map(repr, what))}{'' if filler is None else f', filler={filler!r}'})"
    )
