"""`rnnlm-grade watch`: what arrives in the exchange is graded, once it is whole, and nothing is lost if it is killed."""
import os
import shutil
import subprocess
import sys
import time

import demo
import pytest
from classroom import SLUG, WORK, Course, nbgrader, release
from support import cut_off

from rnnlm_grader.course import cli, commands, freezing, watch
from rnnlm_grader.course.folders import of_assignment

WHEN = "2026-11-28 12:00:0{} UTC"
RIGHT, UNFINISHED = "right-as-the-book", "unfinished"


class Watched(Course):
    """A course with an exchange beside it, and a watch over both."""

    @property
    def exchange(self):
        return self.folder.parent / "exchange"

    def submit(self, student, work, second=0, secret="0"):
        """Put a submission where nbgrader puts it, file by file."""
        when = WHEN.format(second)
        folder = self.exchange / "rnnlm" / "inbound" / f"{student}+{SLUG}+{when}+xyz"
        folder.mkdir()
        (folder / f"{SLUG}.ipynb").write_text(WORK[work])
        (folder / "timestamp.txt").write_text(when)
        (folder / "submission_secret.txt").write_text(secret * 128)

    def watch(self, feedback=None):
        """Begin to watch; return the watch, and the lines that it will have said."""
        options = cli.read_options("watch", ["--course-dir", str(self.folder), f"--Exchange.root={self.exchange}"])
        coursedir, config = commands.open_course(options)
        said = []
        return watch.Watch(coursedir, config, (), feedback, said.append), said

    def released(self):
        """How many pages of feedback are in the exchange."""
        return len(list((self.exchange / "rnnlm" / "feedback").glob("*.html")))


def lines(said):
    """What was said, without when."""
    return [line.partition(": ")[2] for line in said]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    course = Watched(tmp_path_factory.mktemp("campus") / "course")
    course.folder.mkdir()
    course.exchange.mkdir()
    course.exchange.chmod(0o777)
    demo.set_up(course.folder)
    config = cli.SETTING  # only the grader's own settings may be given on the command line
    assert config
    course.configure(f'c.Exchange.root = "{course.exchange}"')
    release(course.folder)
    (course.folder / "rnnlm-secret.key").write_bytes(b"k" * 32)
    nbgrader(course.folder, "release_assignment", SLUG)
    return course
