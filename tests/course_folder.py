"""A course in a folder, and the commands of nbgrader and of the grader that work on it, in this process."""

import contextlib
import re
from pathlib import Path

import demo
import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course import cli, commands, watch
from rnnlm_grader.course.batch import Batch
from rnnlm_grader.course.nbgrader_plugin import configure

ROOT = Path(__file__).parents[1]
SLUG = demo.ASSIGNMENT
ASSIGNMENT = ASSIGNMENTS[SLUG]
BLANK = nbformat.read(ROOT / "exercises" / SLUG / f"{SLUG}.ipynb", as_version=4)
WORK = demo.students(BLANK)  # what the students of the demo hand in, by their names


def config_for(folder, **options):
    """nbgrader's configuration of the course in a folder; `options` of its CourseDirectory."""
    config = Config()
    configure(config, folder)
    config.CourseDirectory.update(options)
    return config


def open_course(folder):
    """nbgrader's course and configuration for a folder, as `rnnlm-grade` has them."""
    config = config_for(folder)
    return CourseDirectory(config=config, assignment_id=SLUG), config


def batch_of(folder, **options):
    return Batch(*open_course(folder), **options)


def code_in(page, section):
    """Return the blocks of code in a section of a page of the book, as (language, code)."""
    text = (ROOT / "book" / f"{page}.md").read_text()
    found = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]
    return re.findall(r"^```(\w*)\n(.*?)^```$", found, re.MULTILINE | re.DOTALL)


def gradebook_of(folder):
    """Open the gradebook of the course in a folder."""
    return Gradebook(f"sqlite:///{folder}/gradebook.db")


def nbgrader(folder, *command):
    """Run an nbgrader command as in a folder, with the nbgrader_config.py that lies there, but in this process."""
    app, arguments = NbGraderApp(), list(command)
    while arguments and arguments[0] in app.subcommands:
        app = app.subcommands[arguments.pop(0)][0]()
    with contextlib.chdir(folder):
        app.initialize(arguments)
        app.start()


class Course:
    """The course in a folder, and the commands that work on it, in this process."""

    def __init__(self, folder):
        self.folder = folder

    def nbgrader(self, *command):
        nbgrader(self.folder, *command)

    def configure(self, text):
        """Add something to the course's configuration."""
        with open(self.folder / "nbgrader_config.py", "a") as file:
            file.write(f"\n{text}\n")

    def rnnlm_grade(self, command, *options):
        """Run a command of the grader; return its exit code."""
        return cli.main([command, SLUG, *options, "--course-dir", str(self.folder)])

    def grade(self):
        assert self.rnnlm_grade("grade", "--jobs", "1") == 0

    def watch(self, feedback=None, practice=False):
        """Begin to watch; return the watch, and the lines that it will have said."""
        options = cli.read_options("watch", ["--course-dir", str(self.folder)])
        coursedir, config = commands.open_course(options)
        said = []
        return watch.Watch(coursedir, config, (), feedback, practice, said.append), said

    def is_due(self, day):
        self.nbgrader("db", "assignment", "add", SLUG, f"--duedate={day} 12:00:00 UTC")

    def change(self, change):
        """Change something in the gradebook, as formgrader does."""
        with gradebook_of(self.folder) as gradebook:
            change(gradebook)
            gradebook.db.commit()

    def marks(self):
        with gradebook_of(self.folder) as gradebook:
            return {s.student_id: s.score for s in gradebook.assignment_submissions(SLUG)}

    def at(self, step, student):
        """Return the folder of a student's work in one of nbgrader's steps."""
        return self.folder / step / student / SLUG

    def page(self, student):
        """Return the path of a student's feedback."""
        return self.at("feedback", student) / f"{SLUG}.html"


def contents(folder, without=lambda path: False):
    """Return {path in the folder: bytes} of all its files, but for some."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not without(path)
    }


def release(folder):
    """Lay out a course as an instructor has it, and release the exercise."""
    if not (folder / "solutions").exists():
        demo.set_up(folder)
    coursedir, config = open_course(folder)
    GenerateAssignment(coursedir=coursedir, config=config, force=True).start()


def collect(folder, work):
    """Lay out a course with a key in which the exercise is released and a class has handed in: student → notebook."""
    release(folder)
    (folder / "rnnlm-secret.key").write_bytes(b"k" * 32)
    demo.hand_in(folder, work)
    return folder
