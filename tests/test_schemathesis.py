"""Both OpenAPI documents describe exactly what happens, as schemathesis finds."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from mock_electron.control.routes import ROUTES

HELD: Final = ("openapi_held.py", "control_openapi_held.py")
WITH_CHAT: Final = 19
"""The tests in the first file: one of the document, and one of each mutant."""


def test_schemathesis_finds_only_the_mutants() -> None:
    """Every test in these files passes: those of the chat endpoint, and one of each control route.

    They run in a separate process because importing schemathesis changes how Hypothesis reports
    values and how many examples it generates. One process runs both, because it starts for seconds.
    """
    plugins = ["-p", "schemathesis.pytest.plugin", "-p", "pytest_asyncio.plugin"]
    options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=", *plugins]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *HELD],
        cwd=Path(__file__).parent,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    passed = rf"^{WITH_CHAT + len(ROUTES)} passed"
    assert result.returncode == 0, result.stdout
    assert re.search(passed, result.stdout, re.MULTILINE), result.stdout
