"""The commands of book/keeping.md do what the page says, in the shell of a teacher."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from course_folder import ROOT, SLUG, code_in, config_for
from graded_class import Person, lay_out
from nbgrader.coursedir import CourseDirectory

from rnnlm_grader.course.class_marks import read_class


@pytest.fixture
def course(tmp_path):
    course = tmp_path / "course"
    lay_out(course, {"ada": Person(identity={"last_name": "Lovelace"}), "ben": Person()})
    shutil.copy(ROOT / "nbgrader_config.py", course)
    (course / "rnnlm-secret.key").write_bytes(b"k" * 32)
    (course / "results").mkdir()
    (course / "downloaded" / SLUG / "archive").mkdir(parents=True)
    (course / "downloaded" / SLUG / "archive" / "submissions.zip").write_bytes(b"the download")
    (course / "exercises" / SLUG).mkdir(parents=True)
    for student in ("ada", "ben"):
        (course / "submitted" / student / SLUG / f"{SLUG}.ipynb").write_text(f"the work of {student}")
    return course


def commands(section):
    """Return the commands of a section, block by block."""
    return [code for _, code in code_in("keeping", section) if not code.startswith("$")]


def shell(course, script, answer=""):
    """Run a script as a teacher would, in the course's folder with its environment active."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", script],
        cwd=course,
        input=answer,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"HOME": str(course.parent), "PATH": path, "PYTHONPATH": str(ROOT)},
    )


def students(course):
    """Return who is in the gradebook, with mark and name."""
    coursedir = CourseDirectory(config=config_for(course, course_id="rnnlm"), assignment_id=SLUG)
    return {person.student: (person.mark, person.last_name) for person in read_class(coursedir).students}


def test_a_backup_is_for_its_owner_alone_and_brings_back_marks_submissions_and_key(course):
    before = students(course)
    assert shell(course, commands("Back up")[0]).returncode == 0
    made = [course.parent / "backup", *(course.parent / "backup").iterdir()]
    assert [path for path in made if path.stat().st_mode & 0o077] == []
    for name in ("submitted", "downloaded", "exercises", "gradebook.db", "rnnlm-secret.key"):
        shutil.rmtree(course / name) if (course / name).is_dir() else (course / name).unlink()
    assert shell(course, commands("Restore")[0]).returncode == 0
    assert students(course) == before
    assert (course / "submitted" / "ada" / SLUG / f"{SLUG}.ipynb").read_text() == "the work of ada"
    assert (course / "rnnlm-secret.key").read_bytes() == b"k" * 32
    assert (course / "downloaded" / SLUG / "archive" / "submissions.zip").read_bytes() == b"the download"
    assert (course / "exercises" / SLUG).is_dir()


def test_backups_hold_whatever_the_pages_tell_to_change():
    everything, _, own = commands("Back up")[:3]
    kept = [name for command in (everything, own) for name in re.search(r"\.tar\.gz (.*)", command)[1].split()]
    assert [name for name in own.split()[3:] if not (ROOT / name).exists()] == []
    named = re.findall(r"`([\w./-]+)`", (ROOT / "book" / "own-course.md").read_text())
    places = {place for place in named if (ROOT / place).exists()} - {"README.md"}
    assert {"_config.yml", "book/05-bptt.md", "rnnlm_ref", "tests/corpora/incomplete.py"} <= places
    assert [place for place in places if not any(f"{place}/".startswith(f"{name}/") for name in kept)] == []


def test_a_student_who_is_dropped_is_found_nowhere(course):
    drop, look = commands("Drop a student")
    assert shell(course, drop, answer="y\n").returncode == 0
    assert shell(course, look).stdout == ""
    assert list(students(course)) == ["ben"]


def test_nothing_of_the_class_is_left_at_the_end_of_term(course):
    assert shell(course, commands("End of term")[0]).returncode == 0
    assert sorted(path.name for path in course.iterdir()) == ["exercises", "nbgrader_config.py", "solutions"]
