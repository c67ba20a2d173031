"""Texts of an audit are shown without keys, control characters and commands to CI systems."""

from audit_traffic import Traffic
from rows import each

from mock_electron.audit import RULES, Finding, Repair, Rule, judged
from mock_electron.audit.safe_text import safe
from mock_electron.outputs.markdown import code_block, plain

TEXTS = {
    "a key": ("got sk_live_abcdefgh1234", "got …1234"),
    "a colour": ("\x1b[31mred", r"\x1b[31mred"),
    "a line separator": ("a\u2028b", r"a\u2028b"),
    "a lone surrogate": ("a\ud800b", r"a\ud800b"),
    "a null character": ("a\0b", r"a\x00b"),
    "a return": ("a\r\nb", "a\\r\nb"),
    "a command": ("one\n ::error::two", "one\n \\x3a:error::two"),
    "the first line": ("::stop-commands::x", r"\x3a:stop-commands::x"),
    "an old command": ("see ##[add-path]x", r"see \x23#[add-path]x"),
    "of another system": ("##vso[task.setvariable]x", r"\x23#vso[task.setvariable]x"),
    "ordinary": ("max_tokens=60 of `std::vector`, ## 1", "max_tokens=60 of `std::vector`, ## 1"),
    "in other languages": ("नमस्ते, Zürich 🚆", "नमस्ते, Zürich 🚆"),
}


@each(TEXTS)
def test_a_text_is_safe(row: tuple[str, str]) -> None:
    """What could be obeyed or stolen is escaped or shortened. Everything else stays."""
    given, shown = row
    assert safe(given) == shown
    assert safe(shown) == shown


def test_all_texts_of_a_finding_are_safe() -> None:
    """A rule may quote a request anywhere."""
    bad = "sk_live_abcdefgh1234 \x1b[0m"
    found = Finding(
        "mine",
        "bad",
        "low",
        "Bad",
        bad,
        (0,),
        Repair(bad, bad),
        subject=bad,
        details=(bad,),
    )
    rule = Rule("mine", "anything", "", lambda seen: judged([found], bad, [bad]))
    traffic = Traffic()
    traffic.ask()
    audit = traffic.audit(rules=[rule], levels=dict.fromkeys(RULES, "off"))
    for text in (str(audit), repr(audit.to_dict()), repr(audit[0]), repr(audit.verdicts)):
        assert "sk_live" not in text
        assert "\x1b" not in text


MARKDOWN = {
    "html": ("<b>", "&#60;b&#62;"),
    "a mention": ("@team", "&#64;team"),
    "a cell": ("a|b", "a&#124;b"),
    "a link": ("[a](b)", "&#91;a&#93;&#40;b&#41;"),
    "lines": ("a\n# b", "a &#35; b"),
    "an entity": ("&lt;", "&#38;lt;"),
    "ordinary": ("12 of 13 requests, in 3.5 s", "12 of 13 requests, in 3.5 s"),
}


@each(MARKDOWN)
def test_markdown_shows_a_text_as_it_is(row: tuple[str, str]) -> None:
    """No character has a meaning, and there is one line."""
    given, written = row
    assert plain(given) == written


def test_a_block_of_code_ends_where_it_should() -> None:
    """Its fence is longer than all in it."""
    assert code_block("a", "python") == "```python\na\n```"
    assert code_block("a\n````\nb") == "`````\na\n````\nb\n`````"
