"""A class graded by `rnnlm-grade`: once, again, in any order, by several workers, and after whatever cut it off."""
import contextlib
import os
import argparse
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import cut_off
import demo
import nbformat
import pytest
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from rnnlm_grader import batch as batches
from rnnlm_grader import cli
from rnnlm_grader.batch import Batch
from rnnlm_grader.gradebook import recorded_scores
from rnnlm_grader.nbgrader_plugin import configure

SLUG = demo.ASSIGNMENT
CLASS = ("right-as-the-book", "wrong-overwrites", "unfinished", "not-a-notebook", "syntax-error")
MARKS = {"right-as-the-book": 25, "wrong-overwrites": 20, "unfinished": 4, "not-a-notebook": 0, "syntax-error": 10}


def open_course(folder):
    """nbgrader's course and configuration for a folder."""
    config = Config()
    configure(config, folder)
    config.GradeInSandbox.seconds_per_answer = 30.0  # the machine may be busy with other tests
    config.GradeInSandbox.seconds_per_criterion = 20.0
    return CourseDirectory(config=config, assignment_id=SLUG), config


def batch_of(folder, **options):
    return Batch(*open_course(folder), **options)


@pytest.fixture(scope="session")
def handed_in(tmp_path_factory):
    """A course in which a small class has handed in, and nothing is graded."""
    folder = tmp_path_factory.mktemp("class")
    demo.set_up(folder)
    (folder / "rnnlm-secret.key").write_bytes(b"k" * 32)
    coursedir, config = open_course(folder)
    GenerateAssignment(coursedir=coursedir, config=config).start()
    work = demo.students(nbformat.read(folder / "exercises" / SLUG / f"{SLUG}.ipynb", as_version=4))
    demo.hand_in(folder, {student: work[student] for student in CLASS})
    return folder


@pytest.fixture(scope="session")
def undisturbed(handed_in, tmp_path_factory):
    """The same, graded in one go."""
    folder = tmp_path_factory.mktemp("undisturbed") / "course"
    shutil.copytree(handed_in, folder)
    batch_of(folder).grade()
    return folder


@pytest.fixture
def course(handed_in, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(handed_in, folder)
    return folder


def result_files(folder):
    return {path.name: path.read_bytes() for path in (folder / "results" / SLUG).glob("*.json")}


def outcome(folder):
    """All that a run should leave: marks, graded notebooks, results."""
    coursedir, _ = open_course(folder)
    scores = recorded_scores(coursedir.db_url, SLUG)
    graded = {str(path.relative_to(folder)): path.read_bytes() for path in (folder / "autograded").rglob("*")
              if path.is_file()}
    return scores, graded, result_files(folder)


def marks(folder):
    coursedir, _ = open_course(folder)
    return {student: sum(parts.values()) for student, parts in recorded_scores(coursedir.db_url, SLUG).items()}


def test_everybody_gets_the_mark_that_nbgrader_autograde_gives(undisturbed):
    assert marks(undisturbed) == MARKS
    assert {path.parts[-3] for path in (undisturbed / "autograded").rglob("*.ipynb")} == set(CLASS)


def test_a_second_run_finds_nothing_to_do_and_changes_nothing(undisturbed):
    before = outcome(undisturbed)
    tally = batch_of(undisturbed).grade()
    assert (tally.graded, tally.failed, tally.examined) == ([], {}, 0)
    assert sorted(tally.unchanged) == sorted(CLASS)
    assert outcome(undisturbed) == before


def test_two_threads_leave_the_same_bytes_as_one(course, undisturbed):
    with ThreadPoolExecutor(2) as executor:
        batch_of(course).grade(executor, 2)
    assert outcome(course) == outcome(undisturbed)


def test_another_order_leaves_the_same_bytes(course, undisturbed, monkeypatch):
    read = batches.read_submissions
    monkeypatch.setattr(batches, "read_submissions", lambda *args: reversed(list(read(*args))))
    batch_of(course).grade()
    assert outcome(course) == outcome(undisturbed)


def test_two_dask_workers_leave_the_same_bytes_as_one_process(course, undisturbed):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        options = argparse.Namespace(jobs=1, scheduler=cluster.scheduler_address)
        with cli.open_executor(options) as (executor, width):
            assert width == 2
            batch_of(course).grade(executor, width)
    assert outcome(course) == outcome(undisturbed)


def test_only_what_changed_is_examined_and_recorded_again(course):
    batch_of(course).grade()
    path = course / "submitted" / "unfinished" / SLUG / f"{SLUG}.ipynb"
    shutil.copy(course / "submitted" / "right-as-the-book" / SLUG / f"{SLUG}.ipynb", path)
    tally = batch_of(course).grade()
    assert (tally.graded, tally.examined) == (["unfinished"], 0)  # an equal one had been examined already
    path.write_text(path.read_text().replace("import numpy as np", "import numpy as np  # again"))
    path.write_text(path.read_text().replace("W, = self.params", "W = self.params[0]"))
    tally = batch_of(course).grade()
    assert (tally.graded, tally.examined) == (["unfinished"], 1)
    assert marks(course) == MARKS | {"unfinished": 25}


def test_plain_nbgrader_autograde_goes_on_where_a_run_was_cut_off(course, undisturbed):
    """What `nbgrader autograde` itself takes for done is an existing folder, be there in it what may."""
    shutil.copytree(undisturbed / "results", course / "results")
    for student in CLASS[:2]:
        folder = course / "autograded" / student / SLUG
        folder.mkdir(parents=True)
        (folder / f"{SLUG}.ipynb").write_text('{"cells": [')
    demo.run(course, "nbgrader", "autograde", SLUG)
    assert marks(course) == MARKS


@pytest.mark.parametrize("part", range(4))
def test_a_loss_of_power_at_any_moment_costs_nothing(handed_in, undisturbed, tmp_path, part):
    """At every 12th change of the disk, from four different ones on; see `cut_off` for what a loss of power is."""
    course = tmp_path / "counted"
    shutil.copytree(handed_in, course)
    status, total = cut_off.crash(course, None, lambda: batch_of(course).grade())
    assert status == 0
    assert total > 100
    for moment in range(1 + 3 * part, total, 12):
        course = tmp_path / f"cut off at {moment}"
        shutil.copytree(handed_in, course)
        status, _ = cut_off.crash(course, moment, lambda: batch_of(course).grade())  # noqa: B023: it runs at once
        assert status == cut_off.CRASHED, moment
        batch_of(course).grade()
        assert outcome(course) == outcome(undisturbed), moment
        shutil.rmtree(course)
