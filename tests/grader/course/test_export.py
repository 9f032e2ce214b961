"""The tables of marks: what is in them, and that no cell runs."""

import csv
import re
import shutil
from pathlib import Path

import pytest
from course_folder import ROOT, SLUG
from graded_class import WRONG, Person, lay_out

from rnnlm_grader.course import cli
from rnnlm_grader.course import export as exports
from rnnlm_grader.course.export import FORMS, Table
from rnnlm_grader.refusal import Refusal

FORMULA = '=HYPERLINK("http://evil";"x")'
PEOPLE = {
    "ada": Person(
        identity={"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "lms_user_id": "4711"}
    ),
    "ben": Person({"repeats_across_time": WRONG}, penalty=1.5, identity={"lms_user_id": "12ab"}),
    "cy": Person(by_hand=True, remarks=("It was handed in\nas @x.ipynb.", "+1", "ok;=1+1", 'no;"=1')),
    FORMULA.replace("/", "_"): Person(remarks=(FORMULA,), identity={"first_name": "\t-1", "last_name": "＝1"}),
}


@pytest.fixture(scope="module")
def coursedir(tmp_path_factory):
    return lay_out(tmp_path_factory.mktemp("course"), PEOPLE, waiting=["kim"], missing=["lou"])


@pytest.fixture
def table(coursedir, tmp_path):
    def write_and_read(form):
        Table(coursedir, form).write(tmp_path / "new" / "table.csv")
        with open(tmp_path / "new" / "table.csv", newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    return write_and_read


@pytest.fixture
def rows(table):
    header, *rest = table("csv")
    return {row[0]: dict(zip(header, row, strict=True)) for row in rest}


def test_everybody_has_a_row_and_only_who_was_graded_a_mark(rows):
    assert len(rows) == 6
    assert {student: row["mark"] for student, row in rows.items() if row["state"] != "graded"} == {"kim": "", "lou": ""}
    assert rows["kim"]["state"] == "waiting"
    assert rows["lou"]["state"] == "missing"


def test_a_row_holds_criteria_parts_penalty_and_mark(rows):
    ben = rows["ben"]
    assert ben["MyTimeEmbedding-backward-repeats_across_time"] == "0"
    assert ben["MyTimeEmbedding-backward-sums_over_time"] == "1"
    assert (ben["MyTimeEmbedding-backward"], ben["MyEmbedding-backward"]) == ("2", "6")
    assert [ben[name] for name in ("score", "late_penalty", "mark", "max_mark")] == ["23", "1.5", "21.5", "25"]
    assert [ben[state] for state in ("holds", "costs", "given", "held_back")] == ["23", "2", "0", "0"]


def test_a_row_says_what_a_teacher_should_know(rows):
    assert [rows["cy"][name] for name in ("needs_manual_grade", "remarks")] == [
        "yes",
        "It was handed in as @x.ipynb. +1 ok;'=1+1 no;\"'=1",
    ]
    assert rows["ada"]["needs_manual_grade"] == rows["ada"]["remarks"] == ""


def test_by_default_only_what_is_for_an_import_has_its_form_in_the_files_name(coursedir, capsys):
    shutil.copy(ROOT / "nbgrader_config.py", coursedir.root)
    for form in cli.FORMS:
        assert cli.main(["export", SLUG, "--form", form, "--course-dir", coursedir.root]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.endswith(".csv")]
    names = dict(zip(FORMS, [Path(line).name for line in lines], strict=True))
    assert names == {"csv": f"{SLUG}.csv", "canvas": f"{SLUG}-canvas.csv", "moodle": f"{SLUG}-moodle.csv"}


@pytest.mark.parametrize("form", FORMS)
def test_no_cell_is_a_formula_whatever_a_student_is_called(table, form):
    cells = [cell for row in table(form) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    for cell in cells:
        for piece in cell.split(";"):
            assert piece[:1] not in tuple("=+-@＝＋－＠\t\r"), cell


def test_canvas_finds_a_student_by_its_number_else_by_login(table):
    header, possible, *rest = table("canvas")
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", SLUG]
    assert possible == ["Points Possible", "", "", "", "", "25"]
    by_login = {row[3]: row for row in rest}
    assert by_login["ada"] == ["Lovelace, Ada", "4711", "", "ada", "", "25"]
    assert by_login["ben"] == ["ben", "", "12ab", "ben", "", "21.5"]  # to Canvas, '12ab' would be number 12
    assert not {"kim", "lou"} & by_login.keys()  # a row without a mark would erase one


def test_moodle_may_find_a_student_by_email_number_or_name(table):
    header, *rest = table("moodle")
    assert header == ["First name", "Last name", "ID number", "Email address", "Username", SLUG]
    by_login = {row[4]: row for row in rest}
    assert by_login["ada"] == ["Ada", "Lovelace", "4711", "ada@example.org", "ada", "25"]
    assert not {"kim", "lou"} & by_login.keys()


def test_who_is_unknown_stops_an_export_and_what_was_written_before_stays(coursedir, tmp_path):
    path = tmp_path / "table.csv"
    Table(coursedir, "canvas", ["ada"]).write(path)
    with pytest.raises(Refusal, match=r"^Neither the gradebook nor submitted knows no\\udcb1body\."):
        Table(coursedir, "canvas", ["ada", "no\udcb1body"])
    assert len(path.read_text().splitlines()) == 3


@pytest.mark.parametrize("other", ["bob ", "Bob", "bｏb", "böb"])
def test_those_who_would_be_one_student_to_an_import_are_left_out_and_stop_nobody_else(tmp_path, other, capsys):
    coursedir = lay_out(tmp_path, {"ann": Person(), "bob": Person(), other: Person(penalty=3)})
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    assert len(Table(coursedir, "csv").chosen) == 3
    for form in ("canvas", "moodle"):
        path = tmp_path / "reports" / f"{SLUG}-{form}.csv"
        assert cli.main(["export", SLUG, "--form", form, "--course-dir", coursedir.root]) == 1
        warning, *_ = capsys.readouterr().out.splitlines()
        assert re.match(r"left out, because an import would take one for another: '[^n]*', '[^n]*'\. Rename", warning)
        assert re.findall("ann|b.b", path.read_text()) == ["ann", "ann"] if form == "canvas" else ["ann"]
        assert [student.student for student in Table(coursedir, form, ["ann", "bob"]).chosen] == ["ann", "bob"]


def test_whom_a_system_could_not_match_is_named_before_anything_is_written(coursedir, monkeypatch, capsys):
    shutil.copy(ROOT / "nbgrader_config.py", coursedir.root)
    said = []
    monkeypatch.setattr(exports, "write_table", lambda path, rows: said.append(capsys.readouterr().out))
    for form in ("canvas", "moodle"):
        assert cli.main(["export", SLUG, "--form", form, "--course-dir", coursedir.root]) == 0
    alone = f"can find these by their login alone, if it is their id here: {FORMULA.replace('/', '_')}, cy\n"
    assert [text.endswith(f"{form} {alone}") for text, form in zip(said, ("canvas", "moodle"), strict=True)] == [
        True,
        True,
    ]
