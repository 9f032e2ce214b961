"""From an answer to its marks, for `check` and the grader alike.

work.py        an answer as it is examined, and all that is known of it
allowance.py   how long that may take
naming.py      the known mistakes in it, and an example of each
judging.py     what becomes of each criterion
pipeline.py    these, one after the other, for one answer: `check`
marks.py       the rule for marks, a pure function on what was seen
grading.py     examines all answers of a submission, in other ways too where one is wrong
report.py      writes down what a learner reads of it
"""
