"""Everything that judges a student's work. In a notebook: `from rnnlm_grader import check`.

Rooms, each of which imports only what stands below it here. A test and a page of the book (rooms.md) read this list.

    course/nbgrader_plugin/   every hook into nbgrader
    course/                   whole classes, gradebook, feedback, exports, the command `rnnlm-grade`
    learner/                  what a learner meets in a notebook: check, page, progress, review, finale
    verdict/                  from an answer to its marks and their report
    explaining/               a telling example of a mistake, and its name
    content/                  the exercises: what each asks for, and the mistakes that are known in it
    engine/                   criteria as scripts of calls, played by an answer and by the reference
    sandbox/                  where a submission's code runs, alone
    protocol/                 what both sides of the border share: programs, values, frames, candidates
    notebooks/                reads what was handed in, executing nothing
    files.py, refusal.py      writes files whole or not at all; what a user reads when something can't be done

`finale.py`, a name that a notebook imports, and `startup.py`, which a kernel runs as it starts, are no rooms.
"""

from .learner.check import chapter, check

__all__ = ["chapter", "check"]
