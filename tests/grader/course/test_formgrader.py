"""nbgrader's formgrader shows the marks of the gradebook and the grader's report, and takes marks by hand."""

import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import time
import urllib.request

import pytest
from bs4 import BeautifulSoup
from course_folder import ROOT, SLUG
from graded_class import WRONG, Person, lay_out

from rnnlm_grader.course.class_marks import read_class

TOKEN = "only-for-this-test"
PEOPLE = {"ada": Person(), "ben": Person({"repeats_across_time": WRONG, "windows": WRONG}), "cy": Person()}


@pytest.fixture(scope="module")
def coursedir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return lay_out(folder, PEOPLE)


@pytest.fixture(scope="module")
def formgrader(coursedir, tmp_path_factory):
    """Ask formgrader for a page, on a server that was started in the course's folder as an instructor starts it."""
    own = str(tmp_path_factory.mktemp("jupyter"))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            "jupyter",
            "server",
            "--no-browser",
            "--allow-root",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={TOKEN}",
        ],
        cwd=coursedir.root,
        env=os.environ | {"JUPYTER_CONFIG_DIR": own, "JUPYTER_RUNTIME_DIR": own, "HOME": own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(process, port)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(path, **data):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/formgrader/{path}",
            json.dumps(data).encode() if data else None,
            {"Authorization": f"token {TOKEN}"},
            method="PUT" if data else "GET",
        )
        return opener.open(request, timeout=30).read().decode()

    yield ask
    process.terminate()
    process.wait(timeout=30)


def wait_for(process, port):
    """Wait until a server listens."""
    while process.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    pytest.fail("the server ended at once")


def listed(formgrader, path):
    return json.loads(formgrader(f"api/{path}"))


def notebook_of(formgrader, student):
    """The id under which formgrader shows a student's notebook."""
    return next(
        notebook["id"]
        for notebook in listed(formgrader, f"submitted_notebooks/{SLUG}/{SLUG}")
        if notebook["student"] == student
    )


def test_its_marks_are_those_of_the_gradebook(formgrader, coursedir):
    marks = {student.student: student.mark for student in read_class(coursedir).graded}
    assert {entry["student"]: entry["score"] for entry in listed(formgrader, f"submissions/{SLUG}")} == marks
    assert {entry["id"]: entry["score"] for entry in listed(formgrader, "students")} == marks
    ours = next(entry for entry in listed(formgrader, "assignments") if entry["name"] == SLUG)
    assert (ours["num_submissions"], ours["max_score"]) == (3, 25)
    assert ours["average_score"] == pytest.approx(statistics.fmean(marks.values()))


def test_a_submissions_page_shows_the_report_beside_each_mark(formgrader):
    notebook = notebook_of(formgrader, "ben")
    page = BeautifulSoup(formgrader(f"submissions/{notebook}/"), "html.parser").get_text()
    assert "MyTimeEmbedding · backward: 2 of 4 points" in page
    assert "✗ ids that repeat, in one step or across steps, add up" in page
    scores = {grade["name"]: grade["auto_score"] for grade in listed(formgrader, f"grades?submission_id={notebook}")}
    assert scores["MyTimeEmbedding-backward"] == 2
    assert scores["MyEmbedding-backward"] == 6


def test_a_mark_given_there_by_hand_counts(formgrader, coursedir):
    grades = listed(formgrader, f"grades?submission_id={notebook_of(formgrader, 'cy')}")
    grade = next(grade for grade in grades if grade["name"] == "MyEmbedding-forward")
    formgrader(f"api/grade/{grade['id']}", manual_score=1, extra_credit=0.5)
    cy = next(student for student in read_class(coursedir).students if student.student == "cy")
    assert (cy.mark, cy.parts["MyEmbedding-forward"].score) == (23.5, 1.5)
