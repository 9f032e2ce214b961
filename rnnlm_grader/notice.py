"""Finds out which criteria notice which variant of the library, and writes the table by which a diagnosis searches.

Run `python -m rnnlm_grader.notice` after a change of a criterion or of a variant; a test compares the table with them.
"""
import textwrap
from pathlib import Path

import numpy as np

from .exam import UntilWrong, examine_variant, hidden_seed, public_seed

TABLE = Path(__file__).parent / "misconceptions" / "noticed.py"
KEYS = [bytes([i]) * 32 for i in range(3)]  # of hidden draws: a few variants are noticed on some draws only
HEAD = '''"""Which variants each criterion notices, on the learner's inputs or on hidden ones.

Made by `python -m rnnlm_grader.notice`: don't edit. A variant that a criterion doesn't notice can't explain what failed
there, so a diagnosis examines only these.
"""
'''


def noticed_by(assignment, criterion):
    """Return the ids of the variants that fail a criterion on at least one draw of inputs."""
    seeds = [public_seed(criterion), *(hidden_seed(key, assignment.slug, criterion) for key in KEYS)]
    return [m.id for m in assignment.misconceptions if m.name == criterion.name
            and not all(passes(m, criterion, seed) for seed in seeds)]


def passes(misconception, criterion, seed):
    with np.errstate(all="ignore"):
        return examine_variant(misconception, criterion, seed, replay=UntilWrong()).passed


def written(table):
    """Write a table of criterion's key → ids as a module."""
    rows = []
    for key, ids in table.items():
        lines = textwrap.wrap(" ".join(ids), 112)
        rows.append(f'    "{key}": """\n' + "".join(f"        {line}\n" for line in lines) + '    """,\n')
    return f"{HEAD}NOTICED = {{\n{''.join(rows)}}}\n"


if __name__ == "__main__":
    from .assignments import ASSIGNMENTS

    TABLE.write_text(written({c.key: noticed_by(a, c) for a in ASSIGNMENTS.values() for c in a.criteria
                              if not c.exercise}))
