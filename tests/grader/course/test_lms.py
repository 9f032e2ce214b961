"""Downloads in the forms that Canvas and Moodle give them, through nbgrader's own zip_collect to the marks."""

import contextlib
import csv
import functools
import io
import os
import shutil
import zipfile

import pytest
from course_folder import ROOT, SLUG, Course, gradebook_of, release
from nbgrader.apps import ZipCollectApp
from nbgrader.utils import capture_log

NAME = f"{SLUG}.ipynb"
RIGHT = (ROOT / "solutions" / SLUG / NAME).read_bytes()
EMPTY = (ROOT / "exercises" / SLUG / NAME).read_bytes()
ADA = {"first_name": "Ada", "last_name": "Lovelace"}


def archive(files):
    """Return a zip of these files, {name: content}, which doesn't say that its names are UTF-8: not all systems do."""
    text = io.BytesIO()
    with zipfile.ZipFile(text, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return text.getvalue().replace(b"\x14\0\0\x08", b"\x14\0\0\0")


CANVAS_FILES = {
    f"lovelaceada_4711_100_{NAME}": EMPTY,
    f"lovelaceada_4711_200_{SLUG}-1.ipynb": RIGHT,
    "lovelaceada_4711_300_notes.ipynb": EMPTY,
    f"müllerjürgen_LATE_4712_101_{NAME}": RIGHT,
    f"leekim_4713_102_{NAME}.txt": RIGHT,
    "leekim_4714_103_5_my answer (2).ipynb": EMPTY,
    "doejohn_4715_104_answer.pdf": b"%PDF",
    "mallory_4716_105_all.zip": archive({f"lovelaceada_4711_999_{NAME}": EMPTY}),
    "doejohn_4715_text.html": b"<p>",
    f"doe_john_4717_106_Ada Lovelace_1_assignsubmission_file_{NAME}": EMPTY,
}
FOLDER = "{}_{}_assignsubmission_file"
MOODLE_FILES = {
    f"{FOLDER.format('Ada Lovelace', 1)}_/{NAME}": RIGHT,
    f"{FOLDER.format('Jürgen Müller', 2)}/answer.ipynb": RIGHT,
    f"{FOLDER.format('Kim Lee', 3)}_{NAME}": RIGHT,
    f"{FOLDER.format('Kim Lee', 4)}_/{NAME}": EMPTY,
    f"{FOLDER.format('Mallory', 5)}_/{FOLDER.format('Ada Lovelace', 1)}_/lovelaceada_4711_999_{NAME}": EMPTY,
    "Mallory_5_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
}
TYPED = "it was typed into a text box or is a link, not a file. Ask the student for the notebook"
WORKSHEET = """\ufeffIdentifier,"Full name","Email address",Status,Grade
"Participant 3","Kim Lee",kim.lee@example.org,"Submitted for grading",
"Participant 4","Kim Lee",lee.kim@example.org,"Submitted for grading",
"""


@pytest.fixture(scope="module")
def new_course(tmp_path_factory):
    """Return a function that makes a course."""
    released = tmp_path_factory.mktemp("released")
    release(released)
    return functools.partial(Collecting, released, tmp_path_factory)


class Collecting(Course):
    """A copy of a course in which an assignment is released, with one student in its gradebook."""

    def __init__(self, released, tmp_path_factory, student="ada", **identity):
        super().__init__(tmp_path_factory.mktemp("course") / "course")
        shutil.copytree(released, self.folder)
        self.downloads = self.folder / "downloaded" / SLUG / "archive"
        self.downloads.mkdir(parents=True)
        with gradebook_of(self.folder) as gradebook:
            gradebook.add_student(student, **identity)

    def collect(self, download, *options, name="submissions.zip"):
        """Run `nbgrader zip_collect`; return whether it succeeds, and the lines that it says."""
        (self.downloads / name).write_bytes(download)
        with contextlib.chdir(self.folder):
            app = ZipCollectApp()
            app.initialize([SLUG, *options])
            done = capture_log(app)
        return done["success"], [line.partition("] ")[2] for line in done["log"].splitlines()]

    def submitted(self):
        return {path.parts[-3]: path.read_bytes() for path in (self.folder / "submitted").glob(f"*/{SLUG}/*.ipynb")}

    def export(self, form):
        """Grade, and return the rows of the table that the system is to import."""
        self.grade()
        assert self.rnnlm_grade("export", "--form", form) == 0
        with open(self.folder / "reports" / f"{SLUG}-{form}.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def canvas(new_course):
    course = new_course(lms_user_id="4711", **ADA)
    course.collected, course.said = course.collect(archive(CANVAS_FILES))
    return course


@pytest.fixture(scope="module")
def moodle(new_course):
    course = new_course(**ADA)
    (course.downloads / "Grades-rnnlm.csv").write_text(WORKSHEET, encoding="utf-8")
    course.collected, course.said = course.collect(archive(MOODLE_FILES))
    return course


def test_canvas_students_are_known_by_number_and_others_entered_with_it(canvas):
    assert canvas.collected
    assert canvas.submitted() == {"ada": RIGHT, "4712": RIGHT, "4713": RIGHT, "4714": EMPTY, "4717": EMPTY}


def test_a_zip_in_a_download_is_opened_and_belongs_to_who_handed_it_in(canvas):
    zips = list((canvas.folder / "submitted").glob("*/*/*.zip"))
    assert zips == [canvas.folder / "submitted" / "4716" / SLUG / f"{SLUG}.zip"]
    canvas.grade()
    assert (canvas.marks()["4716"], canvas.marks()["ada"]) == (0, 25)
    remark = f"It was handed in as {SLUG}.zip/lovelaceada_4711_999_{NAME}, not as {NAME}, and graded all the same."
    assert remark in (canvas.at("autograded", "4716") / NAME).read_text()


def test_what_isnt_collected_is_named_on_the_last_lines_with_the_reason(canvas):
    assert canvas.said[-5:] == [
        "New in the gradebook: 4712 (müllerjürgen), 4713 (leekim), 4714 (leekim), 4716 (mallory), 4717 (doe_john)",
        "Not collected: doejohn_4715_104_answer.pdf: it is neither a notebook nor a zip",
        f"Not collected: doejohn_4715_text.html: {TYPED}",
        f"Not collected: lovelaceada_4711_100_{NAME}: lovelaceada_4711_200_{SLUG}-1.ipynb counts for ada",
        f"Not collected: lovelaceada_4711_300_notes.ipynb: lovelaceada_4711_200_{SLUG}-1.ipynb counts for ada",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "müller_LATE_4712_link.html",
        "all/x_4712_text.html",
        "Kim Lee_3_assignsubmission_onlinetext/onlinetext.html",
        "Kim Lee_3_assignsubmission_onlinetext_onlinetext.html",
    ],
)
def test_what_was_typed_into_the_system_is_told_apart_and_named(new_course, name):
    course = new_course(**ADA)
    _, said = course.collect(archive({name: b"<p>", f"{FOLDER.format('Ada Lovelace', 1)}_/{NAME}": RIGHT}))
    assert course.submitted() == {"ada": RIGHT}
    assert said[-1] == f"Not collected: {name}: {TYPED}"


def test_canvas_imports_the_marks_by_number(canvas):
    rows = canvas.export("canvas")[1:]
    marks = {row["ID"]: row[SLUG] for row in rows}
    assert marks == {"4711": "25", "4712": "25", "4713": "25", "4714": "0", "4716": "0", "4717": "0"}
    assert {row["Student"] for row in rows} == {"Lovelace, Ada", "leekim", "mallory", "müllerjürgen", "doe_john"}


def test_moodle_students_are_known_by_email_or_by_a_name_that_only_one_has(moodle):
    assert moodle.collected
    assert moodle.submitted() == {
        "ada": RIGHT,
        "Jürgen Müller": RIGHT,
        "kim.lee@example.org": RIGHT,
        "lee.kim@example.org": EMPTY,
        "Mallory": EMPTY,
    }


def test_moodle_imports_the_marks_by_email(moodle):
    marks = {row["Email address"]: row[SLUG] for row in moodle.export("moodle") if row["Email address"]}
    assert marks == {"kim.lee@example.org": "25", "lee.kim@example.org": "0"}


def test_namesakes_whom_nobody_can_tell_apart_are_left_and_told_of(new_course):
    course = new_course()
    _, said = course.collect(archive(MOODLE_FILES))
    assert not any("Kim" in student for student in course.submitted())
    assert len([line for line in said if "there are several Kim Lee. Put Moodle's grading worksheet" in line]) == 2


def test_a_newer_download_replaces_what_was_collected(new_course):
    course = new_course(lms_user_id="4711")
    course.collect(archive({f"lovelaceada_4711_200_{NAME}": EMPTY}))
    os.utime(course.downloads / "submissions.zip", (0, 0))
    _, said = course.collect(archive({"lovelaceada_4711_100_second.ipynb": RIGHT}), "--force", name="new.zip")
    assert course.submitted() == {"ada": RIGHT}
    assert said[-1] == f"Not collected: lovelaceada_4711_200_{NAME}: lovelaceada_4711_100_second.ipynb counts for ada"


def test_of_two_downloads_with_the_same_names_the_newer_counts_and_is_named_so(new_course):
    course, file = new_course(**ADA), f"{FOLDER.format('Ada Lovelace', 1)}_/{NAME}"
    course.collect(archive({file: EMPTY}))
    os.utime(course.downloads / "submissions.zip", (0, 0))
    _, said = course.collect(archive({file: RIGHT}), "--force", name="new.zip")
    assert course.submitted() == {"ada": RIGHT}
    assert said[-1] == f"Not collected: {file}: that of a newer download counts for ada"


def test_work_named_as_another_exercise_takes_no_place_and_is_collected_where_there_is_none(new_course):
    course = new_course(lms_user_id="4711")
    course.collect(archive({f"lovelaceada_4711_200_{NAME}": RIGHT}))
    os.utime(course.downloads / "submissions.zip", (0, 0))
    wrong = archive({"lovelaceada_4711_300_02-rnn.ipynb": EMPTY, "leekim_4713_301_02-rnn-1.ipynb": EMPTY})
    _, said = course.collect(wrong, "--force", name="of-another.zip")
    assert course.submitted() == {"ada": RIGHT, "4713": EMPTY}
    assert said[-2:] == [
        f"Not collected: lovelaceada_4711_300_02-rnn.ipynb: lovelaceada_4711_200_{NAME} counts for ada",
        f"Named as 02-rnn, and collected for {SLUG}: leekim_4713_301_02-rnn-1.ipynb",
    ]


def test_a_notebook_counts_before_a_zip_and_a_newer_zip_before_an_older_notebook(new_course):
    course = new_course(lms_user_id="4711")
    work = archive({"work.ipynb": RIGHT})
    course.collect(archive({"x_4711_200_all.zip": work, "x_4711_100_any.ipynb": EMPTY}))
    os.utime(course.downloads / "submissions.zip", (0, 0))
    assert course.submitted() == {"ada": EMPTY}
    course.collect(archive({"x_4711_300_all.zip": work}), "--force", name="new.zip")
    assert [path.name for path in course.at("submitted", "ada").iterdir()] == [f"{SLUG}.zip"]
    course.grade()
    assert course.marks() == {"ada": 25}


@pytest.mark.parametrize("first", [".Mallory", "..", "Mallory"])
def test_no_folder_inside_a_submission_takes_a_classmates_place(new_course, first):
    course = new_course(**ADA)
    inside = f"{FOLDER.format(first, 5)}_/{FOLDER.format('Ada Lovelace', 1)}_/{NAME}"
    _, said = course.collect(archive({inside: EMPTY, f"{FOLDER.format('Ada Lovelace', 1)}/{NAME}": RIGHT}))
    assert course.submitted().pop("ada") == RIGHT
    if first != "Mallory":
        assert [line for line in said if "no folder can have the student's name" in line]


def test_a_worksheet_that_arrives_later_fills_in_the_address(new_course):
    course = new_course(**ADA)
    download = archive(
        {f"{FOLDER.format('Ada Lovelace', 1)}_/{NAME}": RIGHT, f"{FOLDER.format('Kim Lee', 3)}_/{NAME}": RIGHT}
    )
    _, said = course.collect(download)
    assert not any("worksheet" in line for line in said)
    (course.downloads / "Grades-rnnlm.csv").write_text(WORKSHEET, encoding="utf-8")
    _, said = course.collect(download, "--force")
    assert f"The worksheet has no address for Ada Lovelace. Is it that of {SLUG}?" in said
    rows = course.export("moodle")
    assert {row["Username"]: row["Email address"] for row in rows} == {"ada": "", "Kim Lee": "kim.lee@example.org"}


def packed(course):
    """Make the feedback, pack it, and return the exit code and what is in the zip."""
    course.grade()
    course.nbgrader("generate_feedback", SLUG)
    code = course.rnnlm_grade("feedback")
    with zipfile.ZipFile(course.folder / "reports" / f"{SLUG}-feedback.zip") as file:
        return code, {name: file.read(name) for name in file.namelist()}


def test_feedback_leaves_as_moodle_takes_it(moodle):
    code, pages = packed(moodle)
    assert code == 0
    assert set(pages) == {
        f"{FOLDER.format('Ada Lovelace', 1)}_/{SLUG}.html",
        f"{FOLDER.format('Jürgen Müller', 2)}/{SLUG}.html",
        f"{FOLDER.format('Kim Lee', 3)}_{SLUG}.html",
        f"{FOLDER.format('Kim Lee', 4)}_/{SLUG}.html",
        f"{FOLDER.format('Mallory', 5)}_/{SLUG}.html",
    }
    assert pages[f"{FOLDER.format('Ada Lovelace', 1)}_/{SLUG}.html"] == moodle.page("ada").read_bytes()


def test_feedback_leaves_as_canvas_takes_it_and_what_is_missing_is_named(canvas, capsys):
    canvas.change(lambda gradebook: gradebook.update_or_create_student("zed"))
    work = canvas.at("submitted", "zed")
    work.mkdir(parents=True)
    (work / NAME).write_bytes(EMPTY)
    code, pages = packed(canvas)
    assert code == 1
    assert f"lovelaceada_4711_200_{SLUG}.html" in pages
    assert f"müllerjürgen_LATE_4712_101_{SLUG}.html" in pages
    assert "without the feedback of zed: their work isn't from the download" in capsys.readouterr().out
    shutil.rmtree(canvas.folder / "submitted" / "zed")


def test_feedback_without_the_download_says_what_is_missing_in_one_line(canvas, tmp_path, capsys):
    away = shutil.move(canvas.folder / "downloaded", tmp_path)
    code = canvas.rnnlm_grade("feedback")
    shutil.move(away, canvas.folder)
    said = capsys.readouterr().err
    assert code == 2
    assert said.startswith(f"rnnlm-grade: There is no folder {canvas.downloads}. ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("options", [(), ("--force",)])
def test_what_came_through_the_exchange_stays_and_the_others_are_collected(new_course, options):
    course = new_course(lms_user_id="4711")
    folder = course.at("submitted", "ada")
    folder.mkdir(parents=True)
    beside = {NAME: RIGHT, "timestamp.txt": b"2026-12-01 10:00:00 UTC", "submission_secret.txt": b"0a" * 64}
    for name, content in beside.items():
        (folder / name).write_bytes(content)
    collected, said = course.collect(
        archive({f"lovelaceada_4711_200_{NAME}": EMPTY, f"leekim_4713_102_{NAME}": RIGHT}), *options
    )
    assert collected
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == beside
    assert course.submitted() == {"ada": RIGHT, "4713": RIGHT}
    assert said[-2] == "New in the gradebook: 4713 (leekim)"
    assert said[-1] == (
        f"Not collected: lovelaceada_4711_200_{NAME}: what ada handed in through the exchange counts. To take this, "
        f"remove {folder} and collect again"
    )
    assert packed(course) == (0, {f"leekim_4713_102_{SLUG}.html": course.page("4713").read_bytes()})


def test_without_force_what_is_there_already_stays_and_the_others_are_collected(new_course):
    course = new_course(lms_user_id="4711")
    folder = course.at("submitted", "ada")
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(EMPTY)
    download = archive({f"lovelaceada_4711_200_{NAME}": RIGHT, f"leekim_4713_102_{NAME}": RIGHT})
    collected, said = course.collect(download)
    assert collected
    assert course.submitted() == {"ada": EMPTY, "4713": RIGHT}
    assert said[-1].endswith("what ada handed in before counts. To take this, add --force")
    course.collect(download, "--force")
    assert course.submitted() == {"ada": RIGHT, "4713": RIGHT}


def test_a_damaged_download_is_told_of_in_one_line_and_nothing_is_collected(new_course):
    course = new_course()
    collected, said = course.collect(archive(CANVAS_FILES)[:1000])
    assert not collected
    assert course.submitted() == {}
    assert "submissions.zip is damaged" in said[-1]
    assert said[-1].endswith("Download it again.")


def test_a_download_that_lies_elsewhere_ends_the_collecting_with_the_place_where_it_belongs(new_course):
    course = new_course()
    course.downloads.with_name("submissions.zip").write_bytes(archive(CANVAS_FILES))
    with contextlib.chdir(course.folder):
        app = ZipCollectApp()
        app.initialize([SLUG])
        done = capture_log(app)
    assert not done["success"]
    last = done["log"].splitlines()[-1]
    assert last.endswith(f"nothing in {course.downloads}. Put the download there, as Canvas or Moodle gives it.")


def test_a_student_with_the_number_of_another_as_id_is_never_taken_for_that_one(new_course):
    course = new_course("4712")
    _, said = course.collect(archive({f"x_4712_100_{NAME}": RIGHT}))
    assert course.submitted() == {}
    assert said[-1].endswith("the gradebook's student 4712 may be somebody else")
