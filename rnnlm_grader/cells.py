"""Remembers what each cell of a notebook defined when it last ran, to notice a class that is a leftover."""
import sys

from .notebooks.cell_code import names_bound, parsed, tree_of


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
            self.names[info.cell_id] = names = set().union(*map(names_bound, tree.body))  # '*': any may be imported
            self.homes |= dict.fromkeys(names, info.cell_id)
            if not tree_of(info.raw_cell):
                names.add("*")  # a magic, such as %run, may give any

    def left_over(self, name):
        """Whether the cell that gave a name has run again since, and gives it no longer."""
        return name in self.homes and not {name, "*"} & self.names[self.homes[name]]


cells = Cells()
if shell():
    shell().events.register("pre_run_cell", cells.note)
