"""The overview of a course: whose work it points to, what came back, and how little it asks the gradebook."""

import csv
from datetime import datetime
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from course_folder import ROOT, SLUG
from graded_class import ALL, ENDLESS, UNFINISHED, WRONG, Person, lay_out
from pages import assert_no_violation, browser  # noqa: F401
from sqlalchemy import Engine, event

from rnnlm_grader.course import cli
from rnnlm_grader.course.overview import Standing, write_overview

SECOND, THIRD = "02-rnn", "03-time-rnn"
HOSTILE = '"><script>alert(1)<\\script>\u202e{{ 7*7 }}'
NOTHING = Person(dict.fromkeys(ALL, UNFINISHED), {"repeated_ids_add_up": "Overwrites"})
OLD, AFTER, FAR = datetime(2026, 1, 1), datetime(2026, 1, 2), datetime(2990, 1, 1)
AGAIN = {"overwrites_in_place": "PilesUp"}
PILES_UP = Person(dict.fromkeys(AGAIN, WRONG), AGAIN)
FIRST = {
    "ada": Person(identity={"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org"}),
    "ben": PILES_UP,
    "cy": Person(handed_in=AFTER, penalty=5.0),
    "di": Person({"windows": ENDLESS}, marks_by_hand={"MyEmbedding-forward": 3.0}),
    "eve": NOTHING,
    HOSTILE: PILES_UP,
}
LATER = {"ada": Person(), "ben": PILES_UP, "cy": Person(), "di": Person(), HOSTILE: PILES_UP}


def course_of(folder, first=FIRST, later=LATER):
    """Lay out a course with three assignments, of which two are over."""
    lay_out(folder, first, missing=["flo"], due=OLD)
    coursedir = lay_out(folder, later, waiting=["gus"], slug=SECOND)
    lay_out(folder, {}, slug=THIRD, due=FAR)
    return coursedir


@pytest.fixture(scope="module")
def coursedir(tmp_path_factory):
    return course_of(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def written(coursedir):
    page, table = write_overview(coursedir)
    text = page.read_text(encoding="utf-8")
    with open(table, newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    return SimpleNamespace(path=page, text=text, page=BeautifulSoup(text, "html.parser"), rows=rows)


def items(written, name):
    section = written.page.find(attrs={"aria-labelledby": name})
    return [" ".join(item.get_text(" ").split()) for item in section.find_all("li")]


def test_a_row_holds_every_mark_and_the_total_after_penalties(written):
    ada, cy = written.rows["ada"], written.rows["cy"]
    assert [ada[name] for name in ("last_name", "email", SLUG, THIRD)] == ["Lovelace", "ada@example.org", "25", ""]
    assert (float(ada["total"]), float(cy["total"])) == (25 + float(ada[SECOND]), 20 + float(cy[SECOND]))
    assert ada["total"] == ada["max_total"]


def test_it_says_what_is_missing_late_waiting_changed_by_hand_and_stopped_by_a_limit(written):
    told = {
        column: {student: row[column] for student, row in written.rows.items() if row[column]}
        for column in ("missing", "late", "not_graded", "changed_by_hand", "stopped_by_a_limit")
    }
    assert told == {
        "missing": {"eve": SECOND, "flo": f"{SLUG} {SECOND}", "gus": SLUG},
        "late": {"cy": SLUG},
        "not_graded": {"gus": SECOND},
        "changed_by_hand": {"di": SLUG},
        "stopped_by_a_limit": {"di": SLUG},
    }


def test_who_is_weak_in_the_latest_assignments_that_are_over_falls_behind(written):
    assert [item.split()[0] for item in items(written, "behind")] == ["eve", "flo"]
    assert [student for student, row in written.rows.items() if row["falling_behind"]] == ["eve", "flo"]


@pytest.mark.parametrize(("over", "is_behind"), [((SLUG,), False), ((SLUG, SECOND), True)])
def test_nobody_falls_behind_by_one_assignment_alone(over, is_behind):
    weak = SimpleNamespace(state="graded", mark=1)
    standing = Standing(dict.fromkeys((SLUG, SECOND), weak), over, dict.fromkeys((SLUG, SECOND), 20), {})
    assert standing.is_behind is is_behind


def test_a_mistake_that_came_back_is_named_with_its_exercises_and_students(written):
    (back,) = items(written, "returns")
    assert back.startswith("2 students gradients pile up")
    assert f'{SLUG}, {SECOND}: "><script>' in back
    assert written.rows["ben"]["mistakes_that_came_back"].endswith(f"({SLUG}, {SECOND})")
    assert written.rows["ada"]["mistakes_that_came_back"] == ""


def test_it_begins_with_what_the_latest_exercise_shows_to_explain_again(written):
    (again,) = items(written, "again")
    assert again.startswith("2 of 5 students gradients pile up")
    assert "MyRNN" in again
    assert "came back for 2 students" in again


def test_an_exercise_that_few_have_handed_in_hides_nothing_of_the_one_before(tmp_path):
    lay_out(tmp_path, dict.fromkeys(("ada", "ben", "cy"), PILES_UP))
    page, _ = write_overview(lay_out(tmp_path, {"ada": Person()}, slug=SECOND))
    assert f"most made in {SLUG}" in page.read_text()


def test_a_name_stands_apart_from_the_id_and_is_not_said_twice(tmp_path):
    named = {"ada": ("Ada", "Arslan"), "Max Muster": ("", "Max Muster")}
    people = {who: Person(identity={"first_name": first, "last_name": last}) for who, (first, last) in named.items()}
    page, _ = write_overview(lay_out(tmp_path, people))
    rows = BeautifulSoup(page.read_text(), "html.parser").select("tbody th")
    assert [row.get_text() for row in rows] == ["Max Muster", "ada · Ada Arslan"]


def test_nothing_that_a_student_chose_becomes_markup_or_code_of_the_template(written):
    assert "&lt;script&gt;alert(1)" in written.text
    assert "{{ 7*7 }}" in written.text
    assert "<script" not in written.text
    assert "\u202e" not in written.text


def test_a_course_without_marks_has_an_overview_all_the_same(tmp_path):
    page, _ = write_overview(lay_out(tmp_path, {}, missing=["kim"]))
    assert "Nothing has been graded yet" in page.read_text()


def queries_for(coursedir):
    """Count what the gradebook is asked for an overview."""
    asked = []

    def count(connection, cursor, statement, *others):
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        write_overview(coursedir)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return len(asked)


def test_the_gradebook_is_asked_as_often_for_one_student_as_for_many(tmp_path, coursedir):
    one = course_of(tmp_path, {"ada": Person()}, {"ada": Person()})
    assert queries_for(one) == queries_for(coursedir) < 30


def test_an_export_of_all_is_the_table_of_the_overview_or_a_table_each_for_an_import(coursedir, written, capsys):
    (written.path.parents[1] / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
    place = "--course-dir", coursedir.root
    assert cli.main(["export", "--all", *place]) == 0
    assert capsys.readouterr().out == f"{coursedir.root}/reports/all.csv\n"
    assert written.path.with_name("all.csv").read_bytes() == written.path.with_suffix(".csv").read_bytes()
    assert cli.main(["export", "--all", "--form", "moodle", *place]) == 0
    assert len(written.path.with_name(f"{SECOND}-moodle.csv").read_text().splitlines()) == 1 + len(LATER)
    assert cli.main(["export", "--all", "--student", "ada", *place]) == 0
    assert len(written.path.with_name("all.csv").read_text().splitlines()) == 2
    assert cli.main(["export", "--all", "--student", "nobody", *place]) == 2


@pytest.mark.parametrize("words", [[], [SLUG, "--all"], ["--all", "--form", "canvas", "--output", "x.csv"]])
def test_an_export_that_names_no_one_thing_is_refused(words):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["export", *words])


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_it_is_accessible_asks_nobody_for_anything_and_fits(browser, written, scheme, width):  # noqa: F811
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    tab = context.new_page()
    requests, complaints = [], []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(written.path.as_uri())
    assert_no_violation(tab)
    assert [url for url in requests if not url.startswith("data:")] == [written.path.as_uri()]
    assert complaints == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
