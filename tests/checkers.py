"""pyright with the settings of this repository, for files that a test has written."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


def pyright(folder: Path) -> list[tuple[str, str]]:
    """What it finds in a folder: file and rule, sorted."""
    settings: dict[str, Any] = tomllib.loads(PYPROJECT.read_text("utf-8"))["tool"]["pyright"]
    (folder / "pyrightconfig.json").write_text(json.dumps(settings | {"include": ["."]}), "utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = json.loads(ran.stdout)["generalDiagnostics"]
    assert ran.returncode == bool(found), ran.stderr
    return sorted((Path(one["file"]).name, one.get("rule", one["message"])) for one in found)
