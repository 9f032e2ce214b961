"""Remembers what each cell of a notebook gave when it last ran, so that `check` judges what stands on the screen."""

import codeop
import re
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..notebooks.cell_code import defined_names, names_bound, names_used, parsed, tree_of

DEFINITION = re.compile(r"^(?:async def|def|class) (\w+)", re.MULTILINE)  # seen in what doesn't parse, too
BEFORE = "What is judged below is the version before, which earns nothing."


def shell() -> Any:
    """Return IPython's shell that runs the notebook, or None where there is none."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


@dataclass
class Run:
    """The last run of a cell: its source, the names that it gave ('*': it may have given any), and why it failed."""

    source: str
    gave: set[str] = field(default_factory=lambda: {"*"})  # until it has come to its end
    failure: str = ""

    @property
    def defines(self) -> set[str]:
        """The names that the cell is there to define, whether it came to that or not."""
        tree = parsed(self.source)
        return set().union(*map(names_bound, tree.body)) if tree else set(DEFINITION.findall(self.source))


class Cells:
    """The cells of a notebook by their ids; those of a front end that sends no ids are not remembered."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}  # id → its last Run
        self.homes: dict[str, str] = {}  # name → id of the cell that was last there to define it
        # id → source, as they stand on the screen; None where the front end doesn't tell
        self.screen: Mapping[str, str] | None = None
        self.has_hints = False  # whether the front end offers hints by itself
        self.at_work: Run | None = None  # the run that hasn't ended yet
        self.values: dict[str, object] = {}  # what all names stood for before it

    def begin(self, info: Any, told: Mapping[str, Any], values: Mapping[str, object]) -> None:
        """Note that a cell is about to run: as IPython describes it, what the front end tells, and all names."""
        self.screen, self.has_hints = told.get("screen"), told.get("hasHints", False)
        self.values, self.at_work = dict(values), None
        if cell_id := info.cell_id or told.get("cellId"):
            self.runs[cell_id] = self.at_work = Run(info.raw_cell)
            self.homes |= dict.fromkeys(self.at_work.defines, cell_id)

    def end(self, result: Any, values: Mapping[str, object]) -> None:
        """Note how it ended."""
        run, error = self.at_work, result.error_before_exec or result.error_in_exec
        if run is None:
            return
        if tree_of(run.source) or error:  # a magic, such as %run, may give any name
            run.gave = {name for name in run.defines if not error or values.get(name) is not self.values.get(name)}
        if error:
            run.failure = failure_of(error, values)

    def outdated(self, name: str) -> str:
        """Say why a name isn't what the cell on the screen makes it; '' if it is, as far as that can be told."""
        cell_id = self.homes.get(name, "")
        run = self.runs.get(cell_id)
        if run is None:
            return ""
        if self.screen is not None and cell_id not in self.screen:
            return f"The cell that defined {name} is gone."
        if self.screen and self.screen[cell_id].strip() != run.source.strip():
            return f"The cell of {name} was edited since it ran: run it first."
        if {name, "*"} & run.gave:
            return ""
        return self.undefined(name) or f"The cell of {name} defines {' and '.join(sorted(run.gave)) or 'nothing'} now."

    def undefined(self, name: str) -> str:
        """Say why the cell of a name didn't define it; '' if it did, or hasn't run."""
        run = self.run_of(name)
        return f"The cell of {name} {run.failure}." if run and run.failure else ""

    def run_of(self, name: str) -> Run | None:
        """Return the last run of the cell of a name, where it is known."""
        return self.runs.get(self.homes.get(name, ""))

    def helpers(self, name: str) -> list[str]:
        """Return the names from other cells that an answer uses, itself or by way of others, in the order of use."""
        home, left = self.homes.get(name), [name]
        found: dict[str, None] = {}
        while left:
            run = self.run_of(left.pop())
            tree = parsed(run.source) if run else None
            used = set().union(*map(names_used, tree.body)) if tree else set()
            new = sorted(used & self.homes.keys() - found.keys() - {name})
            found |= dict.fromkeys(new)
            left += new
        return [each for each in found if self.homes[each] != home]

    def is_written(self, name: str) -> bool:
        """Whether its cell defines a name, rather than importing it."""
        return name in defined_names(parsed(self.runs[self.homes[name]].source))


def failure_of(error: BaseException, values: Mapping[str, object]) -> str:
    """Say what went wrong in a cell, as the end of a sentence that begins with the cell."""
    if isinstance(error, SyntaxError):
        return f"doesn't parse: line {error.lineno}, {error.msg}"
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_locals is values]
    return f"raised {type(error).__name__}{f' in line {lines[-1]}' if lines else ''}"


def told_by_front_end() -> dict[str, Any]:
    """Return what the message says that has the cell run: in its metadata, besides its code."""
    kernel = getattr(shell(), "kernel", None)
    message = kernel.get_parent() if kernel else None
    return (message or {}).get("metadata") or {}


cells = Cells()
if shell():
    # Else it isn't said which bracket was never closed.
    shell().compile.flags &= ~codeop.PyCF_ALLOW_INCOMPLETE_INPUT  # type: ignore[attr-defined] # mypy's stubs lack it
    shell().events.register("pre_run_cell", lambda info: cells.begin(info, told_by_front_end(), shell().user_ns))
    shell().events.register("post_run_cell", lambda result: cells.end(result, shell().user_ns))
