"""Remembers what each cell of a notebook defined when it last ran, to notice a class that is a leftover."""
import ast
import sys

from .notebooks.cell_code import parsed, tree_of


def shell():
    """Return IPython's shell that runs the notebook, or None where there is none."""
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


class Cells:
    """The cells of a notebook by their ids; those of a front end that sends no ids are not remembered."""

    def __init__(self):
        self.names = {}  # id → names that the cell gave when it last ran
        self.homes = {}  # name → id of the cell that gave it last

    def note(self, info):
        """Note a cell that is about to run, as IPython describes it."""
        tree = parsed(info.raw_cell)
        if info.cell_id and tree:
            self.names[info.cell_id] = names = set(names_given(tree))
            self.homes |= dict.fromkeys(names, info.cell_id)
            if not tree_of(info.raw_cell):
                names.add("*")  # a magic, such as %run, may give any

    def left_over(self, name):
        """Whether the cell that gave a name has run again since, and gives it no longer."""
        return name in self.homes and not {name, "*"} & self.names[self.homes[name]]


def names_given(tree):
    """Yield each name that a cell may give, on whatever level, and '*' where any may be imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


cells = Cells()
if shell():
    shell().events.register("pre_run_cell", cells.note)
