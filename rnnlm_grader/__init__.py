"""Everything that judges a student's work. In a notebook: `from rnnlm_grader import check`.

    check.py         what a learner calls; stopwatch.py stops what never ends, cells.py knows what each cell gave
    startup.py       what a notebook has at hand when its kernel starts
    progress.py      remembers on the learner's machine which answers hold
    finale.py        trains a model of the learner's own answers, which own_parts.py gathers from the notebooks
    files.py         writes files whole or not at all; refusal.py is what a user reads when something can't be done
    exam.py          what an assignment is made of, and one examination by a criterion
    allowance.py     how long that may take
    verdict.py       the way of an answer: examined, explained, marked
    marks.py         the rule for marks, a pure function on what was seen
    grading.py       examines all answers of a submission, in other ways too where one is wrong
    criteria/        what each exercise asks for and how it is judged
    misconceptions/  wrong answers, each with a sentence that names the mistake
    spec/            the engine: criteria as scripts of calls, played by an answer and by the reference
    explaining/      a telling example of a mistake, its name, and what a learner reads of it
    sandbox/         where a student's code runs, and what may cross
    notebooks/       reads what was handed in
    course/          nbgrader's side: whole classes, gradebook, feedback, exports, the command `rnnlm-grade`
"""
from .learner.check import chapter, check

__all__ = ["chapter", "check"]
