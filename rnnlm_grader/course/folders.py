"""Where things lie in an nbgrader course: the folders of its students, and what is in them."""

import os
import re
from collections.abc import Collection
from pathlib import Path

import traitlets
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import rmtree

UNFIT = re.compile(r"^\.|[\n\ud800-\udfff]")  # what isn't UTF-8 in the name of a file is half a character


class SomeStudents(CourseDirectory):
    """A course, as far as it is about students of some ids, None for all; nbgrader's `student_id` is a pattern."""

    only = traitlets.Any()


def submitted_folders(coursedir: CourseDirectory) -> dict[str, Path]:
    """Return {student: folder} of all who handed something in, whatever it is: maybe a file, or a link to nowhere."""
    return student_folders(coursedir, coursedir.submitted_directory)


def student_folders(coursedir: CourseDirectory, step: str) -> dict[str, Path]:
    """Return {student: folder} for one of nbgrader's steps, such as `coursedir.feedback_directory`.

    A student whose own folder is a link to no folder counts too: nobody can tell what it held.
    """
    people = sorted(Path(coursedir.root, step).glob(coursedir.student_id))
    excluded, assignment = coursedir.student_id_exclude.split(","), coursedir.assignment_id
    only = only_students(coursedir)
    return {
        person.name: person / assignment
        for person in people
        if person.name not in excluded
        and (only is None or person.name in only)
        and (os.path.lexists(person / assignment) or (person.is_symlink() and not person.is_dir()))
    }


def only_students(coursedir: CourseDirectory) -> Collection[str] | None:
    """Return the ids that a course is about; None for all."""
    return coursedir.only if isinstance(coursedir, SomeStudents) else None


def of_assignment(coursedir: CourseDirectory, assignment: str, only: Collection[str] | None = None) -> CourseDirectory:
    """The same course, for another assignment; `only` for some students."""
    settings = {name: getattr(coursedir, name) for name in coursedir.trait_names(config=True)}
    return SomeStudents(**settings | {"assignment_id": assignment, "only": only})


def graded_folder(coursedir: CourseDirectory, student: str) -> Path:
    """Where nbgrader puts the graded notebook of a student."""
    return Path(coursedir.root, coursedir.autograded_directory, student, coursedir.assignment_id)


def graded_notebook(coursedir: CourseDirectory, student: str) -> Path:
    """The path of the graded notebook of a student."""
    return graded_folder(coursedir, student) / f"{coursedir.assignment_id}.ipynb"


def was_graded(coursedir: CourseDirectory) -> bool:
    """Whether a graded notebook lies in a course, of any student and assignment."""
    return any(Path(coursedir.root, coursedir.autograded_directory).glob("*/*/*.ipynb"))


def unfit(student: str, folder: Path) -> str | None:
    """Why nbgrader can hold nothing of a student, in one line; None where it can."""
    if UNFIT.search(student):
        return "the name of the student's folder begins with a dot, has a line break or isn't UTF-8; rename it"
    return None if os.path.lexists(folder) else "the student's folder is a link that leads to no folder"


def remove(path: Path) -> None:
    """Remove a file, a folder or a link, if it is there; what a link leads to stays."""
    if path.is_dir() and not path.is_symlink():
        rmtree(str(path))
    else:
        path.unlink(missing_ok=True)
