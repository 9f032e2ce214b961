"""Marks that can rank: the strict rule beside the ordinary one, and weights of parts in exports."""

import csv
import shutil

import demo
import pytest
from bs4 import BeautifulSoup
from course_folder import SLUG, WORK, Course, release

from rnnlm_grader.course import cli

STRICT = "c.GradeInSandbox.strict = True"
PART = "MyEmbedding-backward"


class Class(Course):
    def table(self, form="csv"):
        assert self.rnnlm_grade("export", "--form", form) == 0
        name = SLUG if form == "csv" else f"{SLUG}-{form}"
        with open(self.folder / "reports" / f"{name}.csv", newline="", encoding="utf-8") as file:
            return {row.get("student_id") or row["SIS Login ID"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = Class(tmp_path_factory.mktemp("course"))
    demo.set_up(course.folder)
    release(course.folder)
    right = WORK["right-as-the-book"]
    wrong = right.replace("np.add.at(dW, self.idx, dout)", "dW[self.idx] += dout")
    assert wrong != right
    demo.hand_in(course.folder, {"ada": right, "ben": wrong, "cy": WORK["untouched"]})
    course.grade()
    return course


@pytest.fixture
def course(graded, tmp_path):
    return Class(shutil.copytree(graded.folder, tmp_path / "course"))


def test_both_marks_are_in_the_table_whichever_counts(course):
    before = {who: (row["forgiving"], row["strict"], row["mark"]) for who, row in course.table().items()}
    assert before["ada"] == ("25", "25", "25")
    assert before["cy"] == ("0", "0", "0")
    forgiving, strict, mark = before["ben"]
    assert mark == forgiving
    assert float(strict) < float(forgiving)
    course.configure(STRICT)
    course.grade()
    after = {who: (row["forgiving"], row["strict"], row["mark"]) for who, row in course.table().items()}
    assert after == before | {"ben": (forgiving, strict, strict)}


def test_another_rule_examines_nothing_again_says_whose_marks_change_and_feedback_says_why(course, capsys):
    forgiving, strict = (float(course.table()["ben"][name]) for name in ("forgiving", "strict"))
    course.configure(STRICT)
    capsys.readouterr()
    course.grade()
    said = capsys.readouterr().out
    assert "1 graded, 2 unchanged, 0 failed (0 examined)" in said
    assert f"ben: {forgiving:g} -> {strict:g}" in said
    course.nbgrader("generate_feedback", SLUG)
    page = BeautifulSoup(course.page("ben").read_text(), "html.parser").get_text()
    assert f"(Score: {strict} / 25.0)" in page
    assert "Your course marks strictly: only ✓ earns points, so this part has 2." in page
    course.grade()
    assert "0 graded, 3 unchanged" in capsys.readouterr().out


def test_a_weighed_part_counts_so_in_exports_and_nowhere_else(course):
    course.configure(f"c.GradeInSandbox.weights = {{{PART!r}: 2.5}}")
    rows = course.table()
    backward = {who: float(row[PART]) for who, row in rows.items()}
    assert rows["ada"]["max_weighted_mark"] == f"{25 + 1.5 * 6:g}"
    for who, row in rows.items():
        assert float(row["weighted_mark"]) == float(row["mark"]) + 1.5 * backward[who]
    canvas = course.table("canvas")
    assert canvas[""][SLUG] == "34"
    assert [canvas[who][SLUG] for who in backward] == [row["weighted_mark"] for row in rows.values()]
    assert course.marks()["ada"] == 25


def test_the_term_s_table_has_the_same_marks_and_their_totals(course):
    course.configure(f"c.GradeInSandbox.weights = {{{PART!r}: 2.5}}")
    assert cli.main(["export", "--all", "--course-dir", str(course.folder)]) == 0
    with open(course.folder / "reports" / "all.csv", newline="", encoding="utf-8") as file:
        term = {row["student_id"]: row for row in csv.DictReader(file)}
    for who, row in course.table().items():
        for column in ("forgiving", "strict", "weighted_mark"):
            assert term[who][f"{SLUG}_{column}"] == term[who][f"total_{column}"] == row[column]
        assert term[who]["max_total_weighted_mark"] == row["max_weighted_mark"]


@pytest.mark.parametrize("command", [["export", SLUG], ["export", "--all"], ["overview"]])
def test_a_weight_of_no_part_is_refused(course, capsys, command):
    course.configure("c.GradeInSandbox.weights = {'MyEmbeding-backward': 2}")
    assert cli.main([*command, "--course-dir", str(course.folder)]) == 2
    assert "weights has MyEmbeding-backward, but there is no such part" in capsys.readouterr().err


def test_a_negative_weight_is_refused(course, capsys):
    course.configure(f"c.GradeInSandbox.weights = {{{PART!r}: -1}}")
    assert cli.main(["export", SLUG, "--course-dir", str(course.folder)]) == 2
    assert f"weights has less than 0 for {PART}. A weight is 0 or more." in capsys.readouterr().err


def test_parts_of_exercises_that_arent_released_yet_may_have_weights(course):
    course.configure("c.GradeInSandbox.weights = {'MyTimeRNN-backward': 2}")
    assert all(row["weighted_mark"] == row["mark"] for row in course.table().values())


def test_the_class_report_says_how_far_marks_lie_apart(course):
    assert cli.main(["report", SLUG, "--course-dir", str(course.folder)]) == 0
    page = BeautifulSoup((course.folder / "reports" / f"{SLUG}.html").read_text(), "html.parser")
    figures = {term.get_text(): term.find_next("dd").get_text() for term in page.find_all("dt")}
    marks = [float(row["strict"]) for row in course.table().values()]
    mean = sum(marks) / 3
    deviation = (sum((mark - mean) ** 2 for mark in marks) / 2) ** 0.5
    said = figures["spread, marked strictly"].split(", around ")
    assert [float(value) for value in said] == pytest.approx([deviation, mean], abs=0.01)
