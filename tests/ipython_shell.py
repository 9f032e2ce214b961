"""Runs cells as a notebook does, in a process of their own."""

import subprocess
import sys

IN_A_SHELL = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell_id, source in {}:
    error = shell.run_cell(source, cell_id=cell_id).error_in_exec
print("ERROR", error)
"""


def shown_in_a_shell(*cells):
    """Run cells, each an id and a source, in a fresh process as a notebook does; return all that they show.

    The last line tells the exception of the last cell.
    """
    done = subprocess.run([sys.executable, "-c", IN_A_SHELL.format(cells)], capture_output=True, text=True, check=True)
    return done.stdout
