"""The public modules, and what is said about a name that a module does not have."""

import subprocess
import sys
from importlib import import_module

import pytest

import mock_electron
import mock_electron.faults as by_name
from mock_electron.faults import Cut
from mock_electron.plugin import hooks

OF_PACKAGE = "module 'mock_electron' has no attribute"
OF_FAULTS = "module 'mock_electron.faults' has no attribute"
WRONG = {
    "from mock_electron import Cut": f"{OF_PACKAGE} 'Cut'; write `from mock_electron.faults import",
    "from mock_electron import NoDone as x": "write `from mock_electron.faults import NoDone`",
    "from mock_electron import ContractSuite": "`from mock_electron.contract import ContractSuite`",
    "from mock_electron import streams": "`from mock_electron.strategies import streams`",
    "from mock_electron import Electrn": "Did you mean 'Electron'?",
    "from mock_electron import electron": "; electron is a pytest fixture: make it an argument of",
    "from mock_electron import electron_lane": "electron_lane is a pytest fixture: make it an",
    "from mock_electron import electrn_lane": "no attribute 'electrn_lane'",
    "from mock_electron.faults import Cutt": f"{OF_FAULTS} 'Cutt'. Did you mean 'Cut'?",
    "from mock_electron.faults import Timeout": "; write faults.Silence() or faults.Stall(",
    "from mock_electron.contract import ContractSuit": "Did you mean 'ContractSuite'?",
    "from mock_electron.strategies import stream": "Did you mean 'streams'?",
    "mock_electron.Cut": "write `from mock_electron.faults import Cut`",
    "mock_electron.faults.Cutt": "Did you mean 'Cut'?",
}
ALL_AT_ONCE = """
import mock_electron
print(mock_electron.strategies.streams, mock_electron.contract.ContractSuite)
print(hasattr(mock_electron, "Cut"), hasattr(mock_electron.faults, "Cutt"))
"""


def test_the_faults_are_a_module() -> None:
    """It can be imported in every way, and has the same classes."""
    assert by_name is mock_electron.faults
    assert import_module("mock_electron.faults").Cut is Cut is mock_electron.faults.Cut


def test_a_wrong_name_gets_the_right_one_in_an_import_too() -> None:
    """An import raises ImportError and an attribute AttributeError, with the same message."""
    wrong = []
    for code, words in WRONG.items():
        kind = ImportError if code.startswith("from") else AttributeError
        with pytest.raises(kind) as caught:
            exec(code, {"mock_electron": mock_electron})  # noqa: S102 (the texts are above)
        if words not in str(caught.value):
            wrong.append((code, str(caught.value)))
    assert wrong == []


NAMES_AND_HELP = """
import pydoc, sys
import mock_electron
names = dir(mock_electron)
assert "mock_electron.testing" not in sys.modules, "dir() imports nothing"
print(*names)
print(pydoc.plain(pydoc.render_doc(mock_electron)))
"""


def test_every_fixture_is_known() -> None:
    """An import of any fixture of the plugin says that it is one."""
    fixtures = [name for name in vars(hooks) if name.startswith("electron")]
    assert sorted(fixtures) == sorted(mock_electron._FIXTURES)


def test_completion_and_help_know_the_names() -> None:
    """`dir()` and `help()` list the public names of a module that imports them on first use."""
    done = subprocess.run([sys.executable, "-c", NAMES_AND_HELP], capture_output=True, text=True)
    names, _, text = done.stdout.partition("\n")
    assert not done.stderr
    assert set(mock_electron.__all__) <= set(names.split())
    assert {"Final", "TYPE_CHECKING", "import_module"}.isdisjoint(names.split())
    assert "class MockElectron" in text
    assert "reply(" in text


def test_each_public_module_lists_its_names() -> None:
    """Also one that is imported on first use."""
    listing = "import mock_electron.contract as module; print(*dir(module))"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True)
    assert set(import_module("mock_electron.contract").__dict__["__all__"]) <= set(
        done.stdout.split()
    )
    strategies = import_module("mock_electron.strategies")
    assert set(strategies.__dict__["__all__"]) <= set(dir(strategies))


def test_other_public_modules_are_attributes() -> None:
    """They are imported on first use; `hasattr` of a wrong name is false."""
    done = subprocess.run([sys.executable, "-c", ALL_AT_ONCE], capture_output=True, text=True)
    assert "<function streams" in done.stdout, done.stderr
    assert "ContractSuite'>" in done.stdout
    assert done.stdout.endswith("False False\n")


def test_the_names_of_public_modules_exist() -> None:
    """Each hint names something that its module has."""
    missing = [
        (module, name)
        for module, names in mock_electron._SUBMODULES.items()
        for name in names
        if not hasattr(import_module(f"mock_electron.{module}"), name)
    ]
    assert missing == []
