"""The page of progress shows what this browser knows, and lets the reader take it along. Needs `make book` first."""

import json
from types import SimpleNamespace

import pytest
from live_figures import said

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.learner import progress as grader

EMBEDDING = "The embedding layer"
EARLIER, LATER = 1_700_000_000_000, 1_800_000_000_000


@pytest.fixture
def progress(open_page):
    """Open the page in a browser that knows something, and return the table with what belongs to it."""

    def open_progress(known):
        tab = open_page("book/progress.html")
        tab.evaluate("known => localStorage.setItem('rnnlm-progress', JSON.stringify(known))", known)
        tab.reload()
        found = tab.locator("live-progress")
        found.get_by_role("status").wait_for()
        return found

    yield open_progress
    assert not open_page.complaints


def full(slug, at=EARLIER):
    assignment = ASSIGNMENTS[slug]
    return {
        f"{name}-{part}": [sum(c.points for c in assignment.of(name, part)), at] for name, part in assignment.parts()
    }


def points(progress):
    return [cell.inner_text() for cell in progress.locator("tbody td:last-child").all()]


def test_every_exercise_is_listed_with_what_a_check_noted_and_what_is_next(progress):
    table = progress(full("01-embedding") | {"MyRNN-forward": [3, EARLIER]})
    assert table.locator("tbody a:first-child").all_inner_texts() == list(ASSIGNMENTS)
    totals = [sum(points for points, _ in full(slug).values()) for slug in ASSIGNMENTS]
    assert points(table) == ["✓ 25 of 25", "3 of 21", *(f"0 of {total}" for total in totals[2:])]
    assert said(table) == "1 of 7 exercises complete. Next: go on with 02-rnn."
    link = table.get_by_role("status").get_by_role("link")
    assert link.get_attribute("href") == "03-rnn.html#your-turn"


def test_what_was_not_begun_is_read_about_first(progress):
    links = progress({}).get_by_role("status").get_by_role("link")
    assert links.first.get_attribute("href") == "02-embedding.html"
    assert links.last.inner_text() == "01-embedding"


def test_a_file_that_was_saved_is_read_again_after_clearing(progress):
    table = progress(full("01-embedding"))
    with table.page.expect_download() as download:
        table.get_by_role("button", name="Save as a file").click()
    assert download.value.suggested_filename == "progress.json"
    saved = download.value.path().read_bytes()
    table.get_by_role("button", name="Clear").click()
    table.get_by_role("button", name="Bring back").click()
    assert said(table).startswith("1 of 7 exercises complete. Next: read ")
    table.get_by_role("button", name="Clear").click()
    assert said(table) == f"Cleared. 0 of 7 exercises complete. Next: read {EMBEDDING}, then do 01-embedding."
    read(table, saved)
    assert said(table).startswith("1 of 7 exercises complete. Next: read ")


def read(table, content):
    with table.page.expect_file_chooser() as chooser:
        table.get_by_role("button", name="Read a file").click()
    chooser.value.set_files({"name": "progress.json", "mimeType": "application/json", "buffer": content})
    table.page.wait_for_function("document.querySelector('live-progress input').value === ''")


@pytest.mark.parametrize(("forward", "backward", "best"), [(0, 2, 3), (1, 4, 5)])
def test_of_a_file_only_an_answer_that_earned_more_at_once_counts(progress, forward, backward, best):
    table = progress({"MyRNN-forward": [3, EARLIER]})
    read(table, json.dumps({"MyRNN-forward": [forward, LATER], "MyRNN-backward": [backward, EARLIER]}).encode())
    assert points(table)[1] == f"{best} of 21"


@pytest.mark.parametrize("content", [b"", b'{"MyRNN-forward": ["<b>", 1]}'])
def test_any_other_file_changes_nothing(progress, content):
    table = progress(full("01-embedding"))
    read(table, content)
    assert said(table).startswith("That file isn’t one of progress: choose progress.json. 1 of 7")


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ({"MyRNN-forward": [1, LATER]}, "2 of 21"),
        ({"MyRNN-forward": [3, EARLIER]}, "3 of 21"),
        ({"cleared": LATER}, "0 of 21"),
    ],
)
def test_what_a_notebook_hands_over_counts_unless_something_better_is_known(progress, monkeypatch, known, shown):
    monkeypatch.setattr(grader.time, "time", lambda: (EARLIER + LATER) / 2000)
    _, html = grader.note([SimpleNamespace(name="MyRNN", part="forward", points=2)], is_whole=False)
    table = progress(known)
    table.page.evaluate("html => document.body.append(document.createRange().createContextualFragment(html))", html)
    table.page.evaluate("dispatchEvent(new StorageEvent('storage'))")  # as other tabs of the browser get it
    assert points(table)[1] == shown
