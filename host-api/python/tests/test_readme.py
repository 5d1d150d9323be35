"""Runs the examples of README.md, in its order, and compares what they print."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_every_example_says_what_it_prints() -> None:
    kinds = [kind for kind, _ in BLOCKS if kind in ("python", "text")]
    assert kinds == ["python", "text"] * 6


def test_the_examples_print_what_they_say(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    printed = ""
    for kind, text in BLOCKS:
        if kind == "yaml":
            name = text.partition("\n")[0].removeprefix("# ")
            (tmp_path / name).write_text(text, encoding="utf-8")
        elif kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(text.replace("engram://localhost:7711", address), str(README), "exec"), names)
            printed = out.getvalue()
        elif kind == "text":
            pattern = ".*".join(re.escape(part) for part in text.split("..."))
            assert re.fullmatch(pattern, printed), f"{printed}\nexpected:\n{text}"
