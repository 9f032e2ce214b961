"""What `check` remembers: on this machine, and only of what the learner asked it."""

import json
import os
import re
from types import SimpleNamespace

import pytest
from ipython_shell import shown_in_a_shell

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.learner import progress

DEFINED = (
    "a",
    "import math\nfrom rnnlm_grader import check\ndef my_perplexity(losses, counts):\n"
    "    return math.exp(sum(l * c for l, c in zip(losses, counts)) / sum(counts))",
)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The file that progress is kept in; it isn't there yet."""
    monkeypatch.setenv(progress.FILE, str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


def result(name, part, points):
    return SimpleNamespace(name=name, part=part, points=points)


def full(slug):
    return [result(*part.split("-"), total) for part, (of, total) in progress.TOTALS.items() if of == slug]


def test_a_check_notes_its_points_and_neither_others_nor_those_on_hidden_inputs(kept):
    shown_in_a_shell(
        DEFINED,
        *(
            ("b", f"check({asked})")
            for asked in ("my_perplexity, hidden=True", "hidden=True", "my_perplexity, 'values'")
        ),
    )
    noted = json.loads(kept.read_text())
    assert noted.keys() == {"my_perplexity-values", "my_perplexity-edge"}
    points, at = noted["my_perplexity-values"]
    assert points == 4
    assert at > 1_700_000_000_000


def test_a_check_of_all_says_what_holds_and_what_is_next(kept):
    progress.note(full("01-embedding"), is_whole=True)
    assert "\nExercises that hold: 01-embedding. Next: 02-rnn.\n" in shown_in_a_shell(DEFINED, ("b", "check()"))


def test_the_best_points_are_kept(kept):
    for slug in ASSIGNMENTS:
        line, _ = progress.note(full(slug), is_whole=True)
    assert line.endswith("07-lstm. That is all of them.")
    progress.note([result("MyRNN", "forward", 0)], is_whole=True)
    assert progress.summary(progress.read()).endswith("That is all of them.")


def test_an_answer_has_full_points_only_if_it_had_those_of_all_parts_at_once(kept):
    whole = {each.part: each.points for each in full("02-rnn")}
    for lacking in ("forward", "backward"):
        progress.note([result("MyRNN", part, points - (part == lacking)) for part, points in whole.items()], False)
    assert sum(points for points, _ in progress.read().values()) == sum(whole.values()) - 1


def test_without_a_file_only_the_browser_is_told(monkeypatch):
    monkeypatch.delenv(progress.FILE, raising=False)
    line, html = progress.note([result("MyRNN", "forward", 2)], is_whole=True)
    assert line == ""
    assert '"MyRNN-forward": [2, ' in html


def test_the_page_of_progress_is_linked_to_where_the_book_has_an_address(monkeypatch):
    monkeypatch.setenv("RNNLM_BOOK_URL", "/static")
    assert progress.note([], is_whole=True)[1].startswith('<div><a href="/static/book/progress.html"')
    assert "<a " not in progress.note([], is_whole=False)[1]


@pytest.mark.parametrize(
    ("slug", "page"), [("01-embedding", "03-rnn"), ("06-rnnlm", "08-lstm"), ("07-lstm", "where-it-went")]
)
def test_the_end_of_an_exercise_links_to_what_follows(monkeypatch, slug, page):
    monkeypatch.setenv("RNNLM_BOOK_URL", "/static")
    _, html = progress.note(full(slug), is_whole=True)
    assert re.findall(r'<a href="/static/book/(\S+)\.html"', html) == [page, "progress"]


@pytest.mark.parametrize("content", ["", "[]", '{"MyRNN-forward": ["x", 1]}', "\udcff"])
def test_a_file_that_is_damaged_is_written_anew(kept, content):
    kept.write_bytes(content.encode("utf-8", "surrogateescape"))
    progress.note([result("MyRNN", "forward", 2)], is_whole=True)
    assert list(json.loads(kept.read_text())) == ["MyRNN-forward"]


def test_a_folder_that_is_gone_costs_no_report(kept, monkeypatch):
    monkeypatch.setenv(progress.FILE, os.fspath(kept / "gone" / "progress.json"))
    assert progress.note([result("MyRNN", "forward", 2)], is_whole=True)[0].startswith("Exercises that hold: none yet")
