"""A report says why whatever earns less than all does so, and its marks follow from its lines."""

import re

import pytest
from corpora import CORPORA, rnnlm
from examining import defined

from rnnlm_grader.learner.check import checked
from rnnlm_grader.verdict.report import outline

ELSEWHERE = ("(the same mistake)", "for the same reason", "to fill in")
WRONG = [
    (name, source)
    for corpus in CORPORA
    for name, answers in corpus.WRONG.items()
    for source in list(answers.values())[::4]
]  # some of each name: each takes as long as a check


def without_reason(parts):
    """Yield the items of a report, part by part, that tell of something wrong without a reason."""
    for heading, items in parts:
        wrong = [item for item in items if item.title[0] == "✗"]
        yield from (f"{heading}: {item.title}" for item in wrong if not (item.blocks or item.title.endswith(ELSEWHERE)))
        if not wrong and any(item.title[0] == "…" for item in items) and not any(item.blocks for item in items):
            yield f"{heading}: {items[-1].title}"


def report(name, answer):
    """What a check tells of each part, as (heading, items)."""
    everything = checked(name, answer, None, hidden=False).results
    return [outline([result], everything)[0] for result in everything]


def points_in(items, sign):
    """The points that stand in the lines of a report that begin with a sign."""
    lines = [f"{item.title} {item.price}" for item in items if item.title[0] == sign]
    found = [re.search(r"(?:costs|earns) (\d+)$|\((\d+) points?\)", line).groups() for line in lines]
    return sum(int(price or held_back) for price, held_back in found)


@pytest.mark.corpus(one_in=10)
@pytest.mark.parametrize(("name", "source"), WRONG)
def test_a_report_has_its_reasons_and_its_marks_follow_from_its_lines(name, source):
    parts = report(name, defined(source, name))
    assert list(without_reason(parts)) == []
    for heading, items in parts:
        points, most = map(int, re.search(r"(\d+) of (\d+) points", heading).groups())
        earned = points_in(items, "✓") + points_in(items, "≈")
        assert earned == points
        assert earned + points_in(items, "✗") + points_in(items, "…") == most


def test_an_exception_in_init_is_told_in_every_part():
    right = next(iter(rnnlm.RIGHT["MyRnnlm"].values()))
    source = right.replace("        self.params", "        1 / 0\n        self.params", 1)
    for _, items in report("MyRnnlm", defined(source, "MyRnnlm")):
        said = [text for item in items for kind, text in item.blocks if kind == "said"]
        assert any(text.startswith("Your code raised ZeroDivisionError: division by zero.") for text in said)
