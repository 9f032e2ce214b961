"""Finds out which modules an answer in a notebook uses, so that `check` can warn of those that grading doesn't have."""

import dis
import sys
import types
from collections.abc import Iterable
from typing import Any

ALWAYS_THERE = sys.stdlib_module_names | {"numpy"}


def modules_missed(answer: Any, lent: Iterable[str] = ()) -> list[str]:
    """Return the names of what a class or function uses and isn't there when work is graded, sorted.

    What it refers to is followed as far as that was defined in the same module, as `__main__` is one. `lent` names the
    modules of the reference that it may import.
    """
    there = {"rnnlm_ref", *(f"rnnlm_ref.{module}" for module in lent)} if lent else set()
    own, used, left, seen = _module_of(answer), set(), [answer], set()
    while left:
        thing = _bare(left.pop())
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if (module := _module_of(thing)) != own:
            used |= {module} & sys.modules.keys()  # functions that Python makes, as of a namedtuple, name others
        elif isinstance(thing, type):
            left += [*thing.__bases__, *vars(thing).values()]
        elif isinstance(thing, types.FunctionType):
            names, imports = _names_in(thing.__code__)
            used |= imports
            left += (thing.__globals__[name] for name in names & thing.__globals__.keys())
    missed = {name for name in used - there if name.partition(".")[0] not in ALWAYS_THERE}
    return sorted({name if name.startswith("rnnlm_ref") else name.partition(".")[0] for name in missed})


def _bare(thing: Any) -> Any:
    """Return the function that a method of whatever kind is made of; anything else as it is."""
    if isinstance(thing, property):
        return thing.fget
    return thing.__func__ if isinstance(thing, staticmethod | classmethod) else thing


def _module_of(thing: Any) -> str:
    if isinstance(thing, types.ModuleType):
        return thing.__name__
    return getattr(thing, "__module__", None) or type(thing).__module__


def _names_in(code: types.CodeType) -> tuple[set[str], set[str]]:
    """Return the global names that code uses, and the modules that it imports."""
    steps: list[dis.Instruction] = []
    left = [code]
    while left:
        part = left.pop()
        steps += dis.get_instructions(part)
        left += (const for const in part.co_consts if isinstance(const, types.CodeType))
    return (
        {step.argval for step in steps if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")},
        {step.argval for step in steps if step.opname == "IMPORT_NAME"},
    )
