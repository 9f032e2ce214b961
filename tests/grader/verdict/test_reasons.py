"""No part of a report is without a reason: whatever earns less than all says why, there and then."""

import pytest
from corpora import CORPORA, rnnlm
from examining import defined

from rnnlm_grader.learner.check import examine
from rnnlm_grader.verdict.report import outline

ELSEWHERE = ("(the same mistake)", "for the same reason", "to fill in")
WRONG = [
    (name, source)
    for corpus in CORPORA
    for name, answers in corpus.WRONG.items()
    for source in list(answers.values())[::4]
]  # some of each name: each takes as long as a check


def without_reason(name, answer):
    """Yield the items of a check, part by part, that tell of something wrong without a reason."""
    everything = examine(name, answer, None, hidden=False).results
    for result in everything:
        ((heading, items),) = outline([result], everything)
        wrong = [item for item in items if item.title[0] == "✗"]
        yield from (f"{heading}: {item.title}" for item in wrong if not (item.blocks or item.title.endswith(ELSEWHERE)))
        if not wrong and any(item.title[0] == "…" for item in items) and not any(item.blocks for item in items):
            yield f"{heading}: {items[-1].title}"


@pytest.mark.corpus(one_in=10)
@pytest.mark.parametrize(("name", "source"), WRONG)
def test_every_part_of_a_wrong_answer_has_its_reason(name, source):
    assert list(without_reason(name, defined(source, name))) == []


def test_an_exception_in_init_is_told_in_every_part():
    right = next(iter(rnnlm.RIGHT["MyRnnlm"].values()))
    source = right.replace("        self.params", "        1 / 0\n        self.params", 1)
    everything = examine("MyRnnlm", defined(source, "MyRnnlm"), None, hidden=False).results
    for result in everything:
        ((_, items),) = outline([result], everything)
        said = [text for item in items for kind, text in item.blocks if kind == "said"]
        assert any(text.startswith("Your code raised ZeroDivisionError: division by zero.") for text in said)
