"""The library of misconceptions: every variant is rejected and named, and every criterion catches something."""

import ast
import functools
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from corpora import incomplete
from support.library import CASES, grade

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.content.misconception import Misconception, changed
from rnnlm_grader.content.places import PLACES
from rnnlm_grader.content.rnnlm.misconceptions import AFFINE_LAYER
from rnnlm_grader.engine.exam import examine, hidden_seed, public_seed
from rnnlm_grader.protocol.bench import Raised
from rnnlm_grader.protocol.candidate import KernelCandidate

BOOK = Path(__file__).parents[3] / "book"
KEYS = [b"%d" % i for i in range(int(os.environ.get("DRAWS", "1")))]


@functools.cache
def passes(misconception, criterion, seed):
    """Whether a variant passes a criterion: two tests look at the same draws."""
    return examine(criterion, KernelCandidate(**{misconception.name: misconception.variant}), seed).passed


def pairs(assignment):
    """Yield each criterion with each misconception of what it examines."""
    return ((c, m) for c in assignment.criteria for m in assignment.misconceptions if c.name == m.name)


@pytest.mark.corpus(one_in=10)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("assignment", "misconception"), CASES)
def test_each_misconception_is_rejected_and_named_and_no_other_is(assignment, misconception):
    costs = grade(assignment, misconception)
    assert costs, "no criterion notices it"
    named = {each.sentence for verdict in costs for each in verdict.likely}
    # An exception that several mistakes raise has no name.
    assert named <= {misconception.sentence}
    assert named or all(isinstance(verdict.finding, Raised) for verdict in costs)


@pytest.mark.parametrize("assignment", ASSIGNMENTS.values(), ids=ASSIGNMENTS)
def test_no_two_misconceptions_are_one(assignment):
    """Of two that always give the same, neither is the only one that explains an exception, so it has no name."""
    ids = [(each.name, each.id) for each in assignment.misconceptions]
    sources = [(each.name, ast.dump(ast.parse(each.source))) for each in assignment.misconceptions]
    assert [each for each, count in Counter(ids).items() if count > 1] == []
    assert [ids[at] for at, each in enumerate(sources) if sources.index(each) != at] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("self.xs.mean(axis=1).T @ dout[:, t]", ""),
        ("self.xs[:, t].T @ dout[:, t] / T", "`grads[0]` is T times too small"),
    ],
    ids=["products of means", "dW alone is averaged over steps"],
)
def test_a_mistake_that_is_not_in_the_library_gets_no_name_of_another(change, said):
    """A variant that is wrong where the answer is right made another mistake, though some results are the same."""
    made = changed(AFFINE_LAYER, ("self.xs[:, t].T @ dout[:, t]", change))
    failed = grade(ASSIGNMENTS["06-rnnlm"], Misconception("", "MyTimeAffine", "", "", made, ()))
    assert [v.likely for v in failed] == [()] * len(failed)
    assert failed[0].mistake.said == said


@pytest.mark.corpus
@pytest.mark.parametrize("assignment", ASSIGNMENTS.values(), ids=ASSIGNMENTS)
def test_no_verdict_depends_on_the_draw_of_hidden_inputs(assignment):
    """For each submission has draws of its own, and the same mistake must earn the same mark."""
    seeds = {c: [hidden_seed(key, assignment.slug, c) for key in KEYS] for c in assignment.criteria}
    passed = {
        (c.key, m.id): {passes(m, c, seed) for seed in seeds[c]}
        for c, m in pairs(assignment)
        if passes(m, c, public_seed(c))
    }
    assert [which for which, verdicts in passed.items() if len(verdicts) > 1] == []


@pytest.mark.corpus
@pytest.mark.parametrize("assignment", ASSIGNMENTS.values(), ids=ASSIGNMENTS)
def test_every_criterion_catches_a_misconception_so_that_breaking_it_is_noticed(assignment):
    caught = {c.key for c, m in pairs(assignment) if not passes(m, c, public_seed(c))}
    slips = {(name, wanted) for name, changes in incomplete.CHANGES.items() for wanted, *_ in changes.values()}
    assert [c.key for c in assignment.criteria if c.key not in caught and (c.name, c.id) not in slips] == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS.values(), ids=ASSIGNMENTS)
def test_sentences_link_to_sections_that_the_book_has_and_whose_headings_they_say(assignment):
    for section in {m.section for m in assignment.misconceptions}:
        page, anchor = section.split(".html#")
        heading = rf"^\({anchor}\)=\n+(?:\([\w-]+\)=\n+)*(?:#+ |\*\*\d+\. ){re.escape(PLACES[section])}\.?(?:\*\*|$)"
        assert re.search(heading, (BOOK / f"{page}.md").read_text(), re.MULTILINE), section


def test_no_place_is_named_to_which_no_misconception_leads():
    assert PLACES.keys() == {m.section for assignment in ASSIGNMENTS.values() for m in assignment.misconceptions}
