"""Small wrong variants of every answer, each with the misunderstanding behind it.

A module for each exercise holds the right answers as text, and the changes that spoil them; `contract` and `step` hold
what goes wrong in several.
"""

import functools
import warnings
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np

Change: TypeAlias = tuple[str, str] | str  # (old, new), or what is appended; see `changed`


@dataclass(frozen=True, eq=False)
class Misconception:
    """A small wrong variant of an answer, and the misunderstanding behind it."""

    id: str
    name: str
    section: str  # page and anchor in the book: '02-embedding.html#embedding-lookup'
    sentence: str  # stands after "Likely:"
    right: str  # the right answer, as text
    changes: tuple[Change, ...]  # of it; see `changed`
    shows_nothing: bool = False  # whether what it gives is nothing, or zeros, as of an answer that isn't filled in

    @functools.cached_property
    def source(self) -> str:
        return changed(self.right, *self.changes)

    @functools.cached_property
    def variant(self) -> Any:
        """The class or function itself."""
        return defined(self.name, self.source)


class Add(Protocol):
    """Adds a misconception; see `Library.of`."""

    def __call__(
        self, id: str, section: str, sentence: str, *changes: Change, source: str = ..., shows_nothing: bool = False
    ) -> None: ...


class Library(list[Misconception]):
    """The misconceptions of one assignment."""

    def of(self, name: str, right: str) -> Add:
        """Return a function that adds a misconception of `name`: its id, section, sentence and changes.

        The changes are of the right answer, or of another `source`; see `changed`.
        """

        def add(
            id: str,
            section: str,
            sentence: str,
            *changes: Change,
            source: str = right,
            shows_nothing: bool = False,
        ) -> None:
            self.append(Misconception(id, name, section, sentence, source, changes, shows_nothing))

        return add


def defined(name: str, source: str) -> Any:
    """Execute a source, with `np` at hand, and return what it defines by that name."""
    names: dict[str, Any] = {"np": np}
    with warnings.catch_warnings(action="ignore", category=SyntaxWarning):  # two changes may make odd code
        exec(source, names)
    return names[name]


def changed(source: str, *changes: Change) -> str:
    """Return a source with changes: a pair (old, new) replaces text wherever it stands, and a string is appended.

    Methods that are appended to a class, or functions to a module, take the place of those before.
    """
    for change in changes:
        if isinstance(change, str):
            source = "\n\n".join([source.rstrip(), change.strip("\n") + "\n"])
        elif change[0] in source:
            source = source.replace(*change)
        else:
            raise ValueError(f"there is no {change[0]!r} to be changed in\n{source}")
    return source
