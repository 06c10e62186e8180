"""Words: a word is a maximal run of letters, digits (Unicode) and `_`, compared with `casefold`.

A phrase is cut like a line: separator, word, separator, word … separator, the first and the last perhaps empty. It is
found where its words are equal to words of the line in sequence, what stands between is equal to the character, and
what it has before its first and behind its last word stands there, too. One without a word is a text to be found as it
is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"(\w+)")


def words(line: str) -> set[str]:
    """The words of a line, casefolded."""
    return {word.casefold() for word in _WORD.findall(line)}


@dataclass(frozen=True, slots=True)
class CutPhrase:
    """A phrase, cut: `separators` has one more than `words`, which are casefolded."""

    words: tuple[str, ...]
    separators: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> CutPhrase:
        """Cut a text."""
        parts = _WORD.split(text)
        return cls(tuple(word.casefold() for word in parts[1::2]), tuple(parts[::2]))

    def is_in(self, line: str) -> bool:
        """Whether the line has this phrase."""
        if not self.words:
            return self.separators[0] in line
        there = CutPhrase.of(line)
        return any(self._at(there, first) for first in range(len(there.words) - len(self.words) + 1))

    def _at(self, line: CutPhrase, first: int) -> bool:
        end = first + len(self.words)
        return (
            line.words[first:end] == self.words
            and line.separators[first + 1 : end] == self.separators[1:-1]
            and line.separators[first].endswith(self.separators[0])
            and line.separators[end].startswith(self.separators[-1])
        )
