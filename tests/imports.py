"""The imports of a source tree, read from its syntax: nothing runs, so a forbidden import cannot hide in a branch.

Rules:
- An import is known by the whole name it brings: `from syslogger.storage import day` is `syslogger.storage.day`.
- For who may know whom it counts wherever it stands, in a function or under `if TYPE_CHECKING`. For what is loaded with
  a module only those count that run then, with the packages above each module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Import:
    """One name that a module imports: where, and whether it is loaded with the module or later (or never)."""

    name: str
    line: int
    at_load: bool


@dataclass(frozen=True)
class Module:
    """One source file: dotted name, path, syntax, imports."""

    name: str
    path: Path
    tree: ast.Module
    imports: tuple[Import, ...]

    def names(self) -> set[str]:
        """Every dotted name this module imports, anywhere in it."""
        return {found.name for found in self.imports}


def modules_below(package: Path) -> dict[str, Module]:
    """All modules of the package that lies in the folder `package`, by dotted name."""
    names = {path: _dotted(path, package.parent) for path in sorted(package.rglob("*.py"))}
    return {name: parse(name, path.read_text(encoding="utf-8"), path) for path, name in names.items()}


def parse(name: str, text: str, path: Path = Path("module.py")) -> Module:
    """The module called `name` with this source text."""
    tree = ast.parse(text)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return Module(name, path, tree, tuple(_imports(tree, package, at_load=True)))


def within(name: str, *packages: str) -> bool:
    """True when `name` is one of the packages or modules, or lies in one."""
    return any(name == package or name.startswith(package + ".") for package in packages)


def reachable(start: str, modules: Mapping[str, Module], *, at_load: bool) -> set[str]:
    """Every name that comes with `start`: its imports, theirs, and so on through `modules`.

    With `at_load` only what is loaded when `start` is, else also what its functions import.
    """
    seen: set[str] = set()
    waiting = [*_above(start), start]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in modules:
            found = [item.name for item in modules[name].imports if item.at_load or not at_load]
            waiting += [part for each in found for part in (*_above(each), each)]
    return seen


def _dotted(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _above(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _imports(node: ast.AST, package: str, *, at_load: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, at_load)
        elif isinstance(child, ast.ImportFrom):
            for alias in child.names:
                yield Import(f"{_source(child, package)}.{alias.name}", child.lineno, at_load)
        else:
            later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _for_types_only(child)
            yield from _imports(child, package, at_load=at_load and not later)


def _source(node: ast.ImportFrom, package: str) -> str:
    if node.level == 0:
        return node.module or ""
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])


def _for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
