"""What was misunderstood comes back: records of mistakes, when they are due, and `review` in a notebook."""

import json
import time

import pytest
from corpora.embedding import EMBEDDING_MISTAKES
from ipython_shell import shown_in_a_shell

from rnnlm_grader.learner import progress, review
from rnnlm_grader.learner.review import AT_ONCE, DAY, KNEW, MISSED, answered, ask, due, in_page, named, scheduled

NOW = 1_790_000_000_000
KEY = "MyEmbedding.Overwrites"
WRONG = (
    "a",
    "from rnnlm_grader import check\nfrom rnnlm_grader.learner.review import review\nimport numpy as np\n"
    + EMBEDDING_MISTAKES["Overwrites"],
)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The file that progress is kept in; it isn't there yet."""
    monkeypatch.setenv(progress.FILE, str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


def in_file(path):
    return json.loads(path.read_text())["review"]["mistakes"]


def test_a_mistake_that_was_named_comes_back_a_day_later_and_counts_once_for_a_visit():
    first = named(None, NOW)
    assert first == {"asked": [], "log": [[NOW, MISSED]], "due": NOW + DAY}
    assert named(first, NOW + DAY // 3) == first
    assert named(first, NOW + 5 * DAY)["log"] == [[NOW, MISSED], [NOW + 5 * DAY, MISSED]]


def test_what_is_known_returns_after_ever_longer_times_and_what_is_missed_soon():
    record, waited = named(None, NOW), [1]
    for number in range(4):
        at = record["due"]
        record = answered(record, True, number, at)
        waited.append((record["due"] - at) / DAY)
    assert waited == sorted(set(waited))
    assert record["asked"] == [0, 1, 2, 3]
    at = record["due"]
    assert DAY <= answered(record, False, 4, at)["due"] - at < waited[-1] * DAY / 2


def test_the_longest_due_come_first_and_not_too_many_at_once():
    mistakes = {f"{days}": named(None, NOW - days * DAY) for days in range(AT_ONCE + 3)}
    assert due(mistakes, NOW) == [str(days) for days in reversed(range(3, AT_ONCE + 3))]


@pytest.mark.parametrize(
    ("points", "is_solved"),
    [({}, False), ({f"MyEmbedding-{part}": [9, 0] for part in ("forward", "backward", "contract")}, True)],
)
def test_lines_are_asked_about_once_the_answer_has_full_points(points, is_solved, monkeypatch):
    seen = []
    monkeypatch.setattr(review, "question_about", lambda *args: seen.append(args[-1]))
    ask(KEY, named(None, NOW), points, NOW)
    assert seen == [is_solved]


def test_the_page_gets_questions_and_times_as_json():
    what = {"key": KEY, "record": named(None, NOW), "points": {}, "now": NOW}
    question = json.loads(in_page(json.dumps(["ask", what])))
    assert sum(choice["is_right"] for choice in question["choices"]) == 1
    assert question["section"] == "02-embedding.html#embedding-repeated-ids"
    assert json.loads(in_page(json.dumps(["ask", what | {"key": "MyEmbedding.Gone"}]))) is None
    log = [[NOW, MISSED], [NOW + DAY, KNEW]]
    assert json.loads(in_page(json.dumps(["scheduled", {"log": log}]))) == scheduled(log)


def test_a_check_keeps_what_it_named_beside_the_points_and_hands_it_to_the_browser(kept):
    shown_in_a_shell(WRONG, ("b", "check(MyEmbedding, 'backward')"), ("c", "check(MyEmbedding, 'forward')"))
    assert list(in_file(kept)) == [KEY]
    assert json.loads(kept.read_text())["MyEmbedding-forward"][0] == 3


@pytest.mark.parametrize("asked", ["check(MyEmbedding, 'forward')", "check(MyEmbedding, hidden=True)"])
def test_what_was_not_named_or_not_noted_is_not_kept(kept, asked):
    shown_in_a_shell(WRONG, ("b", asked))
    assert not kept.exists() or "review" not in json.loads(kept.read_text())


def test_in_a_notebook_a_question_is_asked_judged_and_put_off(kept):
    review.keep({KEY: named(None, int(time.time() * 1000) - 2 * DAY)})
    shown = shown_in_a_shell(WRONG, ("b", "review()"), ("c", "review(1)"), ("d", "review()"))
    assert "With a right `MyEmbedding`, what does this print?" in shown
    assert "Read: book/02-embedding.html#embedding-repeated-ids" in shown
    assert shown.count("Nothing is due. 1 mistake is noted; the next question comes on ") == 2
    record = in_file(kept)[KEY]
    assert record["log"][-1][1] == (KNEW if "✓ Right." in shown else MISSED)
    assert len(record["asked"]) == 1


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["review(1)"], "No question is open: review() asks one."),
        (["review()", "review(9)"], "Choose a number from 1 to "),
    ],
)
def test_what_is_no_answer_is_told_what_to_do(kept, cells, said):
    review.keep({KEY: named(None, int(time.time() * 1000) - 2 * DAY)})
    assert said in shown_in_a_shell(WRONG, *((str(at), cell) for at, cell in enumerate(cells)))


def test_where_nothing_is_noted_it_is_said(kept):
    assert "Nothing is due. 0 mistakes are noted." in shown_in_a_shell(WRONG, ("b", "review()"))


def test_switched_off_nothing_is_kept_until_it_is_on_again(kept):
    review.keep({KEY: named(None, NOW)})
    shown_in_a_shell(WRONG, ("b", "review('off')"), ("c", "check(MyEmbedding)"))
    assert in_file(kept) == {}
    shown_in_a_shell(WRONG, ("b", "review('on')"), ("c", "check(MyEmbedding)"))
    assert list(in_file(kept)) == [KEY]


def test_without_a_file_the_book_is_named(monkeypatch):
    monkeypatch.delenv(progress.FILE, raising=False)
    assert "the book's page Review" in shown_in_a_shell(WRONG, ("b", "review()"))


def test_points_that_are_noted_leave_the_records_as_they_are(kept):
    review.keep({KEY: named(None, NOW)})
    progress.write({"MyRNN-forward": [2, NOW]})
    assert list(in_file(kept)) == [KEY]
    assert progress.read() == {"MyRNN-forward": [2, NOW]}


@pytest.mark.parametrize("content", ["", "[]", '{"review": 3}'])
def test_a_file_that_is_damaged_is_no_reason_to_fail(kept, content):
    kept.write_text(content)
    assert review.read() == {"mistakes": {}}
