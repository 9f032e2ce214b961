"""The library of misconceptions under WebAssembly, where C's integers are of another size."""

from rnnlm_grader.content import ASSIGNMENTS

LIBRARY = """
from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.protocol.candidate import KernelCandidate
from rnnlm_grader.engine.exam import examine, public_seed

def passes(assignment, mistake):
    answer = KernelCandidate(**{mistake.name: mistake.variant})
    return all(examine(criterion, answer, public_seed(criterion)).passed for criterion in assignment.criteria
               if criterion.name == mistake.name)

cases = [(a, m) for a in ASSIGNMENTS.values() for m in a.misconceptions]
print(len(cases), [mistake.id for assignment, mistake in cases if passes(assignment, mistake)])
"""


def test_every_misconception_is_rejected_there_too(open_lab):
    lab = open_lab("01-embedding")
    lab.fill({"imports": LIBRARY, "check-import": "raise SystemExit"})
    assert lab.run()["imports"] == f"{sum(len(a.misconceptions) for a in ASSIGNMENTS.values())} []\n"
