"""What a learner meets in a notebook.

check.py       `check` and `chapter`; page.py shows a report in a notebook
stopwatch.py   stops what never ends; cells.py finds what is left over
afterwards.py  after full points: the course's answer beside the learner's, and questions about the latter
progress.py    remembers on the learner's machine which answers hold
review.py      has what was misunderstood come back, days later, as questions.py makes them
finale.py      trains a model of the learner's own answers, which own_parts.py gathers from the notebooks
"""
