"""pyright with the settings of this repository, for files that a test has written."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


def pyright(folder: Path, files: Mapping[str, str]) -> dict[str, list[str]]:
    """Check files and return the rules that each breaks, by file name.

    Args:
        folder: An empty folder for the files.
        files: The content of each file, by file name.
    """
    settings: dict[str, Any] = tomllib.loads(PYPROJECT.read_text("utf-8"))["tool"]["pyright"]
    (folder / "pyrightconfig.json").write_text(json.dumps(settings | {"include": ["."]}), "utf-8")
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    broken = json.loads(ran.stdout)["generalDiagnostics"]
    assert ran.returncode == bool(broken), ran.stderr
    return {
        name: [one.get("rule", one["message"]) for one in broken if Path(one["file"]).name == name]
        for name in files
    }
