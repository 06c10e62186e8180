r"""Translate: a pattern as Python's `re` understands it -> a text that the column engine understands in the same way.

Rules
  Python's meaning is the contract. What cannot be shown to mean the same is refused, with a sentence for the operator,
  and goes through `re`. No pattern is handed on as it was typed: `[[:alpha:]]`, `[a&&b]`, `\<` and `a++` are valid on
  both sides and mean something else.
  A text on the column road is pure ASCII, not empty, ends in no "\n", "\r" or NUL, and has no NUL inside. So `$` is the
  end of the text alone, and `\B`, on which Python versions disagree for the empty text, needs no exception.

Strategy
  Python parses. Of every node that stands for one character (literal, class, category, dot, under whatever flags) we
  ask Python which of the 128 ASCII characters it matches, and write down those: case folding, `\s` with \x1c-\x1f,
  verbose mode and class syntax are then no longer questions. Sequences, alternatives, groups and repeats mean the same
  in both engines (leftmost, first alternative first, last iteration of a group), except a repeat of what can be empty.

Speed
  Three rewritings that keep the meaning:
  bare    where what stands before and behind the wanted group has a fixed width, nothing is captured: the match is
          taken and cut. (To capture is to search the match once more.)
  unroll  `(?:\.\d{1,3}){3}` is written out: the first dot, now in the open, is found by memchr.
  tail    behind the wanted group, what may always match nothing (`.*`, `(?: x)?`) decides nothing and is left out.
  Together they brought the five patterns of the shipped class from 1,404 to 870 ns a message, all five in one query
  (2-core x86-64 virtual machine, one thread, 4,064 lines of some 240 bytes; `user_ip` alone from 481 to 123).

This module runs no query and imports only the standard library: processes that fork later may call it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any

ASCII = "".join(map(chr, range(128)))
# regex_syntax::is_meta_character: these, and no other, may stand behind a backslash in and outside a class.
META = frozenset("\\.+*?()|[]{}^$#&-~")
NEVER = r"[^\x00-\x{10FFFF}]"
# Longer exact repeats gain nothing: what counts is that a literal stands in the open.
UNROLL_TIMES = 8
UNROLL_CHARACTERS = 400

KNOWN_FLAGS = (
    _constants.SRE_FLAG_IGNORECASE
    | _constants.SRE_FLAG_MULTILINE
    | _constants.SRE_FLAG_DOTALL
    | _constants.SRE_FLAG_VERBOSE
    | _constants.SRE_FLAG_ASCII
    | _constants.SRE_FLAG_UNICODE
)
ONE_CHARACTER = frozenset(
    {_constants.LITERAL, _constants.NOT_LITERAL, _constants.ANY, _constants.IN, _constants.CATEGORY}
)
REPEATS = frozenset({_constants.MAX_REPEAT, _constants.MIN_REPEAT})
REFUSED: dict[Any, str] = {
    _constants.ASSERT: "it looks ahead or behind",
    _constants.ASSERT_NOT: "it looks ahead or behind",
    _constants.FAILURE: "it looks ahead or behind",  # how newer Python writes (?!)
    _constants.ATOMIC_GROUP: "it has an atomic group",
    _constants.POSSESSIVE_REPEAT: "it has a possessive repeat",
    _constants.GROUPREF: "it refers back to a group",
    _constants.GROUPREF_EXISTS: "it depends on whether a group took part",
}
# On ASCII text the words of Unicode are the words of ASCII; the ASCII boundary is the faster one.
POSITIONS: dict[Any, str] = {
    _constants.AT_BEGINNING: r"\A",
    _constants.AT_BEGINNING_STRING: r"\A",
    _constants.AT_END: r"\z",
    _constants.AT_END_STRING: r"\z",
    _constants.AT_BOUNDARY: r"(?-u:\b)",
    _constants.AT_NON_BOUNDARY: r"(?-u:\B)",
}
LINE_POSITIONS: dict[Any, str] = {_constants.AT_BEGINNING: "(?m:^)", _constants.AT_END: "(?m:$)"}

Node = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Translation:
    """How one pattern runs.

    `rust` is the text for the column engine, None when the pattern goes through `re`; `why` is a sentence for the
    operator. The wanted value is group `group` (0 or 1) of the first match of `rust`, without its first `lead` and its
    last `tail` characters; no match, or a group that took no part, is no value.
    """

    rust: str | None
    why: str
    group: int = 0
    lead: int = 0
    tail: int = 0


class _Refusal(Exception):  # noqa: N818 - no error: it ends the walk, and `translate` turns it into the sentence
    """A construct whose meaning in the column engine is another one, or unknown."""


def translate(pattern: str, group: int = 1) -> Translation:
    """Write `pattern` for the column engine so that group `group` of the first match stays what `re.search` finds.

    Never fails for a pattern that `re.compile` accepts: what cannot be translated has `rust` None.

    Raises:
        re.error: `pattern` is not a regular expression; RecursionError and OverflowError come from its parser too.
    """
    with warnings.catch_warnings():  # "possible nested set" and the like: we take what Python takes it for today
        warnings.simplefilter("ignore")
        tree = _parser.parse(pattern)
    try:
        return _translate_tree(tree, group)
    except _Refusal as refusal:
        return Translation(None, f"goes through `re`: {refusal}")
    except RecursionError:
        return Translation(None, "goes through `re`: it is nested too deeply")


def _translate_tree(tree: Any, group: int) -> Translation:
    flags = tree.state.flags
    if group >= tree.state.groups:
        raise _Refusal(f"it has no group {group}")
    if flags & ~KNOWN_FLAGS:
        raise _Refusal("it has a flag that the column engine does not know")
    nodes, cut = _plan(tree, group)
    capture = group if group and cut is None else None
    rust = _Writer(capture).sequence(nodes, flags)
    lead, tail = cut or (0, 0)
    why = "runs column-wise: every construct of it means the same there"
    return Translation(rust, why, group=0 if capture is None else 1, lead=lead, tail=tail)


def _plan(tree: Any, group: int) -> tuple[Any, tuple[int, int] | None]:
    """The nodes that decide, and the widths before and behind the wanted group where both are fixed."""
    place = next((i for i, (op, av) in enumerate(tree) if op is _constants.SUBPATTERN and av[0] == group), None)
    if not group or place is None:
        return tree, None
    end = len(tree)
    while end > place + 1 and tree[end - 1][0] in REPEATS and tree[end - 1][1][0] == 0:
        end -= 1
    lead, tail = _fixed_width(tree[:place]), _fixed_width(tree[place + 1 : end])
    return tree[:end], None if lead is None or tail is None else (lead, tail)


def _fixed_width(nodes: Any) -> int | None:
    low, high = nodes.getwidth()
    return int(low) if low == high < _constants.MAXREPEAT else None


class _Writer:
    """Writes nodes as Rust text; the group `capture` becomes the only capturing one."""

    def __init__(self, capture: int | None) -> None:
        self.capture = capture
        self.captured = False
        self.characters: dict[str, str] = {}
        self.writers: dict[Any, Callable[[Any, int], str]] = {
            _constants.BRANCH: self.branch,
            _constants.SUBPATTERN: self.group,
            _constants.MAX_REPEAT: lambda av, flags: self.repeat(av, flags, lazy=""),
            _constants.MIN_REPEAT: lambda av, flags: self.repeat(av, flags, lazy="?"),
            _constants.AT: self.position,
        }

    def sequence(self, nodes: Sequence[Node], flags: int) -> str:
        return "".join([self.node(op, av, flags) for op, av in nodes])

    def node(self, op: Any, av: Any, flags: int) -> str:
        if op in ONE_CHARACTER:
            return self.character(op, av, flags)
        if op not in self.writers:
            raise _Refusal(REFUSED.get(op, f"it has a construct ({op}) that the column engine does not know"))
        return self.writers[op](av, flags)

    def character(self, op: Any, av: Any, flags: int) -> str:
        key = f"{op} {av} {flags}"
        if key not in self.characters:
            self.characters[key] = _write_class(_ask_python(op, av, flags))
        return self.characters[key]

    def branch(self, av: Any, flags: int) -> str:
        return "(?:" + "|".join([self.sequence(nodes, flags) for nodes in av[1]]) + ")"

    def group(self, av: Any, flags: int) -> str:
        number, add, remove, nodes = av
        if add & _parser.TYPE_FLAGS & ~flags:
            # `(?a:\S)A` misses "\x1fA": to start, CPython seeks `\S` by the flags outside of the group.
            raise _Refusal("it switches between ASCII and Unicode inside of the pattern")
        body = self.sequence(nodes, (flags | add) & ~remove)
        if number is None or number != self.capture:
            return f"(?:{body})"
        self.captured = True
        return f"({body})"

    def repeat(self, av: tuple[int, int, Any], flags: int, *, lazy: str) -> str:
        low, high, nodes = av
        if high > 1 and nodes.getwidth()[0] == 0:
            # (a*)* on "aa": Python '' (it tries the empty iteration last), Rust 'aa'.
            raise _Refusal("it repeats something that can be empty")
        captured_before = self.captured
        body = self.sequence(nodes, flags)
        if len(nodes) == 1 and nodes[0][0] in ONE_CHARACTER:
            return body + _count(low, high) + lazy
        exact = low == high and 0 < low <= UNROLL_TIMES and low * len(body) <= UNROLL_CHARACTERS
        if exact and self.captured == captured_before:
            return body * low
        return f"(?:{body}){_count(low, high)}{lazy}"

    def position(self, av: Any, flags: int) -> str:
        if flags & _constants.SRE_FLAG_MULTILINE and av in LINE_POSITIONS:
            return LINE_POSITIONS[av]
        if av not in POSITIONS:
            raise _Refusal(f"it has a position ({av}) that the column engine does not know")
        return POSITIONS[av]


def _count(low: int, high: int) -> str:
    if high == _constants.MAXREPEAT:
        return {0: "*", 1: "+"}.get(low, f"{{{low},}}")
    if (low, high) == (0, 1):
        return "?"
    return f"{{{low}}}" if low == high else f"{{{low},{high}}}"


def _ask_python(op: Any, av: Any, flags: int) -> str:
    """Those of the 128 ASCII characters that this one node matches, said by Python's own compiler."""
    state = _parser.State()
    state.flags = flags
    return "".join(_compiler.compile(_parser.SubPattern(state, [(op, av)])).findall(ASCII))


def _write_class(members: str) -> str:
    if not members:
        return NEVER  # a letter beyond ASCII, say: no text of this road has it
    if len(members) == 1:
        return _write_character(members)
    runs: list[str] = []
    for character in members:
        if runs and ord(character) == ord(runs[-1][-1]) + 1:
            runs[-1] += character
        else:
            runs.append(character)
    return "[" + "".join(map(_write_run, runs)) + "]"


def _write_run(run: str) -> str:
    if len(run) < 3:
        return "".join(map(_write_character, run))
    return f"{_write_character(run[0])}-{_write_character(run[-1])}"


def _write_character(character: str) -> str:
    if character in META:
        return "\\" + character
    return character if character.isprintable() else f"\\x{ord(character):02X}"
