"""From an answer to its marks, for `check` and the grader alike.

pipeline.py    the way of an answer: examined, explained, marked
allowance.py   how long that may take
marks.py       the rule for marks, a pure function on what was seen
grading.py     examines all answers of a submission, in other ways too where one is wrong
report.py      writes down what a learner reads of it
"""
