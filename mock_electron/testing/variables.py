"""The environment variables that point a program at a lane, and at the control API of its server.

`electron.env`, the control API and `mock-electron run` give programs the same ones.
"""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from mock_electron.serve.app import CONTROL_PATH
from mock_electron.serve.lanes import DEFAULT_NAME, LANES_PATH
from mock_electron.testing.no_requests import without_proxy
from mock_electron.wire.request import BASE_PATH

URL: Final = "MOCK_ELECTRON_URL"
CONTROL_URL: Final = "MOCK_ELECTRON_CONTROL_URL"
CONTROL_TOKEN: Final = "MOCK_ELECTRON_CONTROL_TOKEN"  # noqa: S105 (the name of a variable)
LANE: Final = "MOCK_ELECTRON_LANE"
UDS: Final = "MOCK_ELECTRON_UDS"


def variables_of(
    url: str, api_key: str, *, has_control: bool = True, uds: str = ""
) -> dict[str, str]:
    """Return the variables by name.

    Args:
        url: The URL of the lane, which begins with that of the server.
        api_key: A key that the lane accepts.
        has_control: Whether the server has a control API.
        uds: The path of the Unix socket on which the server listens, or "".
    """
    server, _, lane = url.partition(LANES_PATH)
    control = {CONTROL_URL: f"{server}{CONTROL_PATH}", LANE: lane or DEFAULT_NAME}
    return {
        "SMALLEST_API_KEY": api_key,
        "OPENAI_BASE_URL": f"{url}{BASE_PATH}",
        "OPENAI_API_KEY": api_key,
        URL: server,
        **(control if has_control else {}),
        **({UDS: str(Path(uds).absolute())} if uds else {}),
        **without_proxy(urlsplit(url).hostname or ""),
    }
