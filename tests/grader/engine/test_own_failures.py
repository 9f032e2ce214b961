"""Where the grader itself fails, there is a mark all the same, and a word in the log."""

import pytest
from corpora import embedding
from examining import defined

from rnnlm_grader.content import find
from rnnlm_grader.engine import exam
from rnnlm_grader.protocol.candidate import KernelCandidate, Lost


def test_a_failure_of_the_grader_itself_is_lost_and_logged(monkeypatch, failures_of_the_grader):
    monkeypatch.setattr(exam, "faults_in", lambda plays, candidate: 1 / 0)
    criterion = find("MyEmbedding").of("MyEmbedding")[0]
    candidate = KernelCandidate(MyEmbedding=defined(embedding.BOOK))
    examination = exam.examine(criterion, candidate, exam.public_seed(criterion))
    assert examination.lost == exam.INCOMPARABLE
    assert failures_of_the_grader == [f"The grader itself failed at {criterion.id} of MyEmbedding; please report it."]
    failures_of_the_grader.clear()


def test_only_what_took_too_long_or_ended_its_process_counts_as_stopped():
    assert exam.was_stopped(Lost("it took longer than allowed"), "MyRNN")
    assert not exam.was_stopped(exam.undefined("MyRNN"), "MyRNN")
    assert not exam.was_stopped(exam.INCOMPARABLE, "MyRNN")
    assert not exam.was_stopped(None, "MyRNN")


def test_a_script_that_speaks_of_no_method_of_the_layer_is_refused():
    with pytest.raises(ValueError, match="MyRNN has no backwards, of which 'forward backwards' speaks"):
        find("MyRNN").of("MyRNN")[0].exercise.steps("forward backwards")
