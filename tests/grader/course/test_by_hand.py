"""Work beside the answers: text of a student's own, cells that are marked by hand, and requests to look again."""

import csv
import shutil

import demo
import nbformat
import pytest
from bs4 import BeautifulSoup
from corpora import CORPORA
from course_folder import SLUG, WORK, Course, gradebook_of, release
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Grade

from rnnlm_grader.course import cli
from rnnlm_grader.course.nbgrader_plugin.feedback import NOT_YET_MARKED
from rnnlm_grader.notebooks.writing import Text

NOTEBOOK = f"{SLUG}.ipynb"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
HOSTILE = "so: <script>alert(1)</script></pre> ![x](http://elsewhere.example/x.png) [x](javascript:alert(1))"
ON_TIME, LATE = "2026-11-30 12:00:00 UTC", "2026-12-03 12:00:00 UTC"
RULE = """
from nbgrader.plugins import LateSubmissionPlugin
class All(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score
c.AssignLatePenalties.plugin_class = All
"""


def by_hand(make, source, grade_id, points, **kind):
    cell = make(source, id=grade_id.lower())
    cell.metadata.nbgrader = {
        "schema_version": 3,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
        "points": points,
        "grade_id": grade_id,
    } | kind
    return cell


def add_cells(course):
    """Ask in the exercise for what is marked by hand: a reflection, a line of code, and a drawing."""
    path = course / "solutions" / SLUG / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    answer = {"grade": True, "solution": True}
    notebook.cells[3:3] = [
        by_hand(new_markdown_cell, "The model answer.", "Reflection", 4, **answer),
        by_hand(new_code_cell, "### BEGIN SOLUTION\nplot(1)\n### END SOLUTION", "Plot", 2, **answer),
        by_hand(new_markdown_cell, "Draw the table.", "Drawing", 3, task=True, locked=True),
    ]
    nbformat.write(notebook, path)


class Class(Course):
    """A class whose exercise has cells that are marked by hand."""

    def write(self, student, changes=None, own=(), timestamp=ON_TIME):
        """Hand in right answers; `changes` maps grade_ids to sources, `own` are cells put behind the drawing."""
        notebook = nbformat.reads(WORK["right-as-the-book"], as_version=4)
        blank = nbformat.read(self.folder / "exercises" / SLUG / NOTEBOOK, as_version=4)
        answers = {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("solution")
        } | (changes or {})
        for cell in blank.cells:
            cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        at = next(i for i, cell in enumerate(blank.cells) if cell.id == "drawing") + 1
        blank.cells[at:at] = own
        folder = self.at("submitted", student)
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(blank, folder / NOTEBOOK)
        (folder / "timestamp.txt").write_text(timestamp)

    def cells(self, student):
        return nbformat.read(self.at("autograded", student) / NOTEBOOK, as_version=4).cells

    def grades(self, student):
        with gradebook_of(self.folder) as gradebook:
            return {
                grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                for grade in gradebook.find_submission_notebook(SLUG, SLUG, student).grades
                if grade.name in ("Reflection", "Plot", "Drawing")
            }

    def mark(self, student, name, score):
        def change(gradebook):
            grade = gradebook.find_grade(name, SLUG, SLUG, student)
            grade.manual_score, grade.needs_manual_grade = score, False

        self.change(change)

    def comment(self, student, text, name="MyEmbedding"):
        def change(gradebook):
            gradebook.find_comment(name, SLUG, SLUG, student).manual_comment = text

        self.change(change)

    def feedback(self, student):
        self.nbgrader("generate_feedback", SLUG)
        return self.page(student).read_text()


def reason(text):
    return new_markdown_cell(f"## Regrade request\n\n{text}")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class of which one has written something everywhere, and one nothing beside the answers."""
    course = Class(tmp_path_factory.mktemp("course"))
    demo.set_up(course.folder)
    course.configure(RULE)
    add_cells(course.folder)
    release(course.folder)
    course.nbgrader("db", "assignment", "add", SLUG, "--duedate=2026-12-01 12:00:00 UTC")
    drawing = new_markdown_cell(
        f"See ![it](attachment:a&b.png)\n\n{HOSTILE}",
        attachments={"a&b.png": {"image/png": PNG}, "b.svg": {"image/svg+xml": "<svg onload=alert(1)>"}},
    )
    course.write(
        "ada",
        {"Reflection": "I learned that $x < y$.", "Plot": "plot(2)"},
        [drawing, new_code_cell("print('not mine to show')")],
    )
    course.write("ben")
    course.grade()
    return course


@pytest.fixture
def course(graded, tmp_path):
    return Class(shutil.copytree(graded.folder, tmp_path / "course"))


def test_students_get_neither_the_model_answer_nor_is_it_taken_for_their_own(graded):
    released = (graded.folder / "exercises" / SLUG / NOTEBOOK).read_text()
    shown = (graded.at("autograded", "ben") / NOTEBOOK).read_text()
    for text in (released, shown):
        assert "model answer" not in text
        assert "plot(1)" not in text
    assert "YOUR ANSWER HERE" in shown


def test_what_a_student_wrote_is_shown_where_it_stood(graded):
    ids = [cell.id for cell in graded.cells("ada")]
    at = ids.index("drawing")
    assert ids[at - 2 : at + 2] == ["reflection", "plot", "drawing", "own-text-2"]
    assert len(ids) == len(graded.cells("ben")) + 1
    reflection, plot = (cell.source for cell in graded.cells("ada")[at - 2 : at])
    assert (BeautifulSoup(reflection, "html.parser").get_text(), plot) == ("I learned that $x < y$.", "plot(2)")


def test_feedback_shows_the_text_and_the_image_and_executes_nothing(course):
    page = BeautifulSoup(course.feedback("ada"), "html.parser")
    assert HOSTILE in page.get_text()
    assert "I learned that $x < y$." in page.get_text()
    assert [image["src"] for image in page.find_all("img")] == [f"data:image/png;base64,{PNG}"]
    assert not [script for script in page.find_all("script") if "alert(1)" in script.text]
    assert not page.find_all("a", href=lambda href: href and href.startswith("javascript"))
    assert HOSTILE not in course.feedback("ben")


def test_what_is_written_waits_for_a_mark_and_what_is_blank_has_none(graded):
    waits = (None, None, True)
    assert graded.grades("ada") == dict.fromkeys(("Reflection", "Plot", "Drawing"), waits)
    assert graded.grades("ben") == {"Reflection": (0, None, False), "Plot": (0, None, False), "Drawing": waits}
    assert graded.marks() == {"ada": 25, "ben": 25}


def test_the_grader_says_who_waits_and_leaves_a_mark_by_hand_alone(course, capsys):
    course.mark("ada", "Reflection", 3)
    course.mark("ada", "Drawing", 2.5)
    assert course.rnnlm_grade("grade", "--jobs", "1", "--force") == 0
    said = capsys.readouterr().out
    assert "\n2 to be marked by hand in formgrader, and 0 until then: ada (Plot), ben (Drawing)\n" in said
    assert "to look at again" not in said
    assert "marks changed" not in said
    assert course.marks() == {"ada": 30.5, "ben": 25}
    assert course.grades("ada")["Reflection"] == (None, 3, False)


def test_another_reflection_alone_is_recorded_and_looked_at_again(course, capsys):
    course.mark("ada", "Reflection", 3)
    course.write("ada", {"Reflection": "I learned more."})
    course.grade()
    assert "2 graded" not in (said := capsys.readouterr().out)
    assert "(0 examined)" in said
    assert "graded anew since: ada (Reflection)" in said
    assert course.grades("ada")["Reflection"] == (None, 3, True)
    assert "I learned more." in "".join(cell.source for cell in course.cells("ada"))
    course.grade()
    assert "0 graded, 2 unchanged" in capsys.readouterr().out


def test_a_mark_by_hand_of_other_work_stands_beside_the_automatic_one(course, capsys):
    course.mark("ada", "MyEmbedding-backward", 5)
    course.write("ada", {"MyEmbedding": CORPORA[0].WRONG["MyEmbedding"]["Overwrites"]})
    course.grade()
    assert "anew since: ada (MyEmbedding-backward: 5 by hand, 4 otherwise)" in capsys.readouterr().out


def test_a_mark_by_hand_above_what_the_part_is_worth_is_named(course, capsys):
    course.mark("ada", "Reflection", 40)
    course.grade()
    assert "above what the part is worth: ada (Reflection: 40 of " in capsys.readouterr().out


def test_exports_count_marks_by_hand(course):
    course.mark("ada", "Drawing", 2.5)
    assert course.rnnlm_grade("export", "--form", "canvas") == 0
    table = (course.folder / "reports" / f"{SLUG}-canvas.csv").read_text().splitlines()
    assert [line.rpartition(",")[2] for line in table] == [SLUG, "34", "27.5", "25"]


def test_the_table_of_the_term_names_who_waits_for_a_mark_by_hand(course, capsys):
    assert cli.main(["export", "--all", "--course-dir", str(course.folder)]) == 0
    assert f"{SLUG}: 2 to be marked by hand in formgrader, and 0 until then: ada (" in capsys.readouterr().out


def test_the_overview_says_what_waits_for_a_mark_by_hand_and_calls_changed_what_the_grader_marks_too(course):
    course.mark("ada", "Reflection", 3)
    course.mark("ben", "Drawing", 1)
    course.mark("ben", "MyEmbedding-backward", 5)
    assert listed(course, "due") == [f"ada {SLUG}: Drawing, Plot"]
    rows = list(csv.DictReader((course.folder / "reports" / "overview.csv").open()))
    assert {row["student_id"]: row["to_mark_by_hand"] for row in rows} == {"ada": SLUG, "ben": ""}
    assert {row["student_id"]: row["changed_by_hand"] for row in rows} == {"ada": "", "ben": SLUG}


def listed(course, what="asking"):
    """What the overview lists in a section: of requests, by default."""
    assert cli.main(["overview", "--course-dir", str(course.folder)]) == 0
    page = BeautifulSoup((course.folder / "reports" / "overview.html").read_text(), "html.parser")
    section = page.find(id=what)
    return [" ".join(item.get_text(" ").split()) for item in section.find_parent().find_all("li")] if section else []


def test_feedback_says_which_parts_wait_for_a_mark_by_hand(course):
    waiting = NOT_YET_MARKED.strip()
    assert course.feedback("ada").count(waiting) == 3
    assert course.feedback("ben").count(waiting) == 1  # the drawing, whose task stands in everybody's notebook
    course.mark("ada", "Reflection", 3)
    assert course.feedback("ada").count(waiting) == 2


def test_a_request_is_listed_until_it_is_answered_and_the_answer_is_in_the_feedback(course, capsys):
    assert listed(course) == []
    course.write("ben", own=[reason("Is it <b>really</b> wrong?")], timestamp=LATE)
    course.grade()
    assert "asking to look again: ben. Answer by a comment" in capsys.readouterr().out
    assert listed(course) == [f"ben {SLUG} Is it <b>really</b> wrong?"]
    assert course.marks()["ben"] == 25
    course.comment("ben", "No, it was right.")
    assert listed(course) == []
    assert "No, it was right." in course.feedback("ben")
    assert course.rnnlm_grade("grade", "--jobs", "1", "--force") == 0
    assert listed(course) == []
    course.write("ben", own=[reason("And now?")], timestamp=LATE)
    course.grade()
    assert listed(course) == [f"ben {SLUG} And now?"]


@pytest.mark.parametrize(
    ("text", "request_in_it"),
    [
        ("Regrade request: why?", "why?"),
        ("**Regrade request**\n\nwhy?", "why?"),
        ("*regrade Request* why?", "why?"),
        ("- `Regrade-request`: why?", "why?"),
        ("Hello,\n\n## Regrade request\nwhy?", "why?"),
        ("Regrade request", "(no reason)"),
        ("I have no regrade request.", ""),
    ],
)
def test_a_request_may_stand_in_any_markup_and_below_a_greeting(text, request_in_it):
    assert Text(text, None).request == request_in_it


def penalty(course, student):
    with gradebook_of(course.folder) as gradebook:
        return gradebook.find_submission_notebook(SLUG, SLUG, student).late_submission_penalty


def test_who_only_asks_hands_in_nothing_late_and_who_changes_anything_does(course):
    course.write("ben", own=[reason("Why?")], timestamp=LATE)
    course.grade()
    assert not penalty(course, "ben")
    course.write("ben", {"Reflection": "Late."}, [reason("Why?")], timestamp=LATE)
    course.grade()
    assert penalty(course, "ben") == 25


def test_points_that_the_gradebook_has_otherwise_stop_the_grading(course, capsys):
    def change(gradebook):
        gradebook.find_task_cell("Drawing", SLUG, SLUG).max_score = 9

    course.change(change)
    assert course.rnnlm_grade("grade") == 2
    assert "Drawing has 3 points in the notebook, 9 points in the gradebook" in capsys.readouterr().err


def test_a_cell_marked_by_hand_that_is_added_later_waits_where_it_was_not_there(tmp_path, capsys):
    course = Class(tmp_path / "course")
    course.folder.mkdir()
    demo.set_up(course.folder)
    release(course.folder)
    demo.hand_in(course.folder, {"ada": WORK["right-as-the-book"]})
    course.grade()
    add_cells(course.folder)
    release(course.folder)
    course.grade()
    assert course.grades("ada") == dict.fromkeys(["Reflection", "Plot", "Drawing"], (None, None, True))
    assert "by hand in formgrader, and 0 until then: ada (Drawing, Plot, Reflection)" in capsys.readouterr().out
    assert "The notebook that was handed in has no such cell." in course.feedback("ada")
    with gradebook_of(course.folder) as gradebook:
        assert gradebook.db.query(Grade).count() == len(gradebook.find_notebook(SLUG, SLUG).grade_cells) + 1
