"""Exit codes as people read them."""

from __future__ import annotations

import pytest

from syslogger.errors import exit_word


@pytest.mark.parametrize(
    ("code", "words"), [(5, "child_died (5)"), (3, "bind (3)"), (-9, "killed by SIGKILL"), (99, "exit code 99")]
)
def test_exit_codes_in_words(code: int, words: str) -> None:
    """A code of ours is its word, a signal its name, anything else a number."""
    assert words == exit_word(code)
