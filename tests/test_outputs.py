"""What is written for users: files are complete or unchanged, and texts contain no key."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from lanes import arrival, ask

from mock_electron import Electron
from mock_electron.engine.lane import Lane
from mock_electron.outputs.files import check_writable, write_file
from mock_electron.outputs.redaction import redact

KEY = "sk_live_4f9a81c2d3e6b7a05f1c"


# --- files


def test_a_new_file_has_the_content_and_the_usual_permissions(tmp_path: Path) -> None:
    """Texts are UTF-8 with their own line ends, and the folder has no other file."""
    path, other = tmp_path / "story.yaml", tmp_path / "other"
    other.touch()
    write_file(path, "है\r\n")
    assert path.read_bytes() == "है\r\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)
    assert sorted(tmp_path.iterdir()) == [other, path]


def test_an_existing_file_keeps_its_permissions_and_a_link_stays(tmp_path: Path) -> None:
    """The target of a symbolic link is replaced, also if it does not exist yet."""
    target, link, dangling = (tmp_path / name for name in ("target", "link", "dangling"))
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    dangling.symlink_to("later")
    write_file(link, "new")
    write_file(dangling, b"new")
    assert link.is_symlink()
    assert (target.read_text(), (tmp_path / "later").read_text()) == ("new", "new")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """The old content stays, no temporary file is left, and the error names the file."""
    path = tmp_path / "story.har"
    path.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr({"fsync": "os.fsync", "replace": "pathlib.Path.replace"}[fails], full)
    with pytest.raises(OSError, match=r"No space left on device: '.*story\.har'"):
        write_file(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_errors_name_the_file(tmp_path: Path) -> None:
    """A folder, a missing folder, a full device: also when only checked, if that can be known."""
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "missing" / "x.har"):
        for call in (lambda given: write_file(given, "x"), check_writable):
            with pytest.raises(OSError, match=str(path)):
                call(path)
    if Path("/dev/full").exists():
        with pytest.raises(OSError, match="/dev/full"):
            write_file("/dev/full", "x")
        check_writable("/dev/null")
        write_file("/dev/null", "x")
    check_writable(tmp_path / "x.har")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_without_a_reader_is_an_error(tmp_path: Path) -> None:
    """Nothing waits for a reader."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="pipe"):
        write_file(tmp_path / "pipe", "x")


KILLED = """
import os, signal, sys
files.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
files.write_file(sys.argv[1], "new" * 100_000)
"""


def test_a_killed_process_leaves_the_old_file(tmp_path: Path) -> None:
    """SIGKILL before the rename leaves the old content, and the next save works."""
    path = tmp_path / "story.har"
    path.write_text("old", encoding="utf-8")
    ran = subprocess.run([sys.executable, "-c", KILLED, str(path)])
    assert ran.returncode != 0
    assert path.read_text() == "old"
    write_file(path, "new")
    assert path.read_text() == "new"


def test_exports_are_saved_completely_or_not_at_all(tmp_path: Path) -> None:
    """`save` uses the same function."""
    lane = Lane()
    ask(lane)
    (tmp_path / "x.har").mkdir()
    with pytest.raises(IsADirectoryError, match=r"x\.har"):
        Electron(lane, "http://mock").exchanges.save(tmp_path / "x.har")


# --- redaction

REDACTED = {
    KEY: "…5f1c",
    f"Bearer {KEY}": "Bearer …5f1c",
    "bearer  abcdefghijkl": "bearer  …ijkl",
    "https://a.example/?api_key=0123456789&page=2": "https://a.example/?api_key=…6789&page=2",
    "https://x/?to=https%3A%2F%2Fy%3Ftoken%3Dabcdefghijkl%26a=1": "https://x/?to=https%3A%2F%2Fy%3Ftoken%3D…ijkl%26a=1",
    "https://user:secretpw@h/x": "https://…@h/x",
    '{"api_key": "abcdefghijkl"}': '{"api_key": "…ijkl"}',
    "csrf_token=12345678901; theme=dark": "csrf_token=…8901; theme=dark",
    f"/waves/v1/models/{KEY}": "/waves/v1/models/…5f1c",
    "the key acme-123 of ours": "the key … of ours",
}
KEPT = (
    "OpenAI/Python 3.0.1",
    "application/json; charset=utf-8",
    "sk-SK,sk;q=0.9,en;q=0.8",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "gzip, deflate, br",
    "timeout=5, max=100",
    "/waves/v1/chat/completions",
    "https://monkey.example:8080/a?page=2",
)


def test_keys_are_redacted_and_other_texts_are_kept() -> None:
    """Whatever looks like a key, or is the key of the request, keeps at most its end."""
    assert {text: redact(text, "acme-123") for text in REDACTED} == REDACTED
    assert [text for text in KEPT if redact(text, "electron") != text] == []


def test_no_header_path_or_export_contains_a_key() -> None:
    """Neither the journal nor the exports have it, whatever header it is in."""
    lane = Lane()
    names = (
        b"x-custom",
        b"openai-organization",
        b"referer",
        b"cookie",
        b"x-api-key",
        b"user-agent",
    )
    referer = f"https://a.example/?api_key={KEY}".encode()
    headers = tuple((name, referer if name == b"referer" else KEY.encode()) for name in names)
    asked = arrival(key=KEY)
    for path in (asked.path, f"/waves/v1/models/{KEY}"):
        given = type(asked)(
            asked.method, path, asked.authorization, asked.content_type, asked.body, headers=headers
        )
        lane.close(lane.open(given), 1)
    electron = Electron(lane, "http://mock")
    shown = [repr(lane.peek()), electron.exchanges.har(), electron.exchanges.json_lines()]
    shown += [str(electron.exchanges.with_others), repr([one.headers for one in lane.peek()])]
    assert [text for text in shown if KEY[:12] in text] == []


def test_redaction_takes_time_in_proportion_to_the_text() -> None:
    """Each part of a long text is checked once: the number of parts is bounded by its length."""
    for unit in ("sk_", "bearer ", "=&", "://", "%3D", "key=", "://@", "api_key: ", "eyJ", "_: "):
        assert len(redact(unit * 20_000, "key_12345")) <= 20_000 * len(unit) * 2
