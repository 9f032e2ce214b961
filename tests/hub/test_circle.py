"""The whole circle on JupyterHub, by clicks and keys: from the release of an exercise to the feedback on it."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from corpora import embedding
from pages import CHROMIUM
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SLUG = "01-embedding"
PATIENCE = 120_000  # milliseconds; a server takes ten seconds to start where nothing else runs
NEEDED = {
    "Chromium": CHROMIUM,
    "node": shutil.which("node"),
    "npm": shutil.which("npm"),
    "root's rights": os.geteuid() == 0,
}
if MISSING := [name for name, found in NEEDED.items() if not found]:
    pytest.skip(f"no classroom was opened without {', '.join(MISSING)}", allow_module_level=True)
ANSWER = embedding.EMBEDDING["as the book writes it"]
SECRETS = [
    str(ROOT / "solutions"),
    "/srv/rnnlm/hub",
    "/srv/rnnlm/home/ada",
    "/srv/rnnlm/home/instructor",
    "/srv/rnnlm/exchange/rnnlm/inbound",
    "/srv/rnnlm/exchange/rnnlm/feedback",
]


def is_open(port):
    """Return whether something listens at a port."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    """Return a port that, with the two after it, is free."""
    return next(port for port in range(20_000, 30_000, 3) if not any(map(is_open, range(port, port + 3))))


@contextmanager
def opened(folder, students):
    """Open a classroom with these students; yield its process, folder, port, address and password."""
    port = free_port()
    hub = subprocess.Popen(
        [ROOT / "classroom" / "start", folder, str(port)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"STUDENTS": students},
    )
    try:
        assert any("Ctrl-C closes it" in line for line in hub.stdout), "the classroom didn't open"
        yield SimpleNamespace(
            hub=hub,
            folder=folder,
            port=port,
            url=f"http://127.0.0.1:{port}",
            password=(folder / "hub" / "password").read_text().strip(),
        )
    finally:
        hub.kill()
        hub.wait()


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """Open a classroom with two students."""
    with opened(tmp_path_factory.mktemp("classroom"), "ada ben") as room:
        yield room


@pytest.fixture(scope="module")
def smaller_class(tmp_path_factory):
    """Open and close a classroom with three students, then one without the second; return what is then seen."""
    folder = tmp_path_factory.mktemp("smaller")
    with opened(folder, "cy dan eve"):
        before = ids(folder)
    with opened(folder, "cy eve"):
        owners = {home.name: home.stat().st_uid for home in (folder / "home").iterdir()}
        return SimpleNamespace(before=before, after=ids(folder), owners=owners)


def ids(folder):
    """Return {name: number} of the accounts of a classroom."""
    fields = (line.split(":") for line in (folder / "hub" / "passwd").read_text().splitlines())
    return {name: int(uid) for name, _, uid, _, _, home, _ in fields if home.startswith("/srv/rnnlm")}


class Person:
    """Somebody with a browser, logged in at the classroom."""

    def __init__(self, browser, classroom, name):
        self.name, self.home = name, classroom.folder / "home" / name
        self.url = f"{classroom.url}/user/{name}"
        self.tab = browser.new_context(viewport={"width": 1400, "height": 3000}).new_page()
        self.tab.set_default_timeout(PATIENCE)
        self.tab.goto(f"{classroom.url}/hub/login")
        self.tab.fill("#username_input", name)
        self.tab.fill("#password_input", classroom.password)
        self.tab.click("#login_submit")
        self.tab.wait_for_selector("#jp-MainMenu")

    def menu(self):
        """Open nbgrader's menu; return what is in it."""
        self.tab.click(".lm-MenuBar-itemLabel:text('Nbgrader')")
        self.tab.wait_for_selector(".lm-Menu-itemLabel:text('Assignment List')")
        return self.tab.locator(".lm-Menu-itemLabel:visible").all_inner_texts()

    def assignments(self):
        """Open the list of assignments."""
        self.tab.goto(f"{self.url}/lab")
        self.menu()
        self.tab.click(".lm-Menu-itemLabel:text('Assignment List')")
        self.tab.wait_for_selector("#released_assignments_list")

    def open(self, path):
        """Open a file in JupyterLab."""
        self.tab.goto(f"{self.url}/lab/tree/{path}")

    def formgrader(self, column):
        """Click in the column of the assignment in formgrader; return what it says of it."""
        self.tab.goto(f"{self.url}/formgrader")
        self.tab.click(f"tr:has-text('{SLUG}') .{column} a")
        return self.tab.inner_text("[id$=-modal].in .modal-title")

    def terminal(self, command):
        """Type a command into a terminal; return all that it says."""
        said = self.home / "said.txt"
        self.tab.goto(f"{self.url}/lab?reset")  # else what was open before is open again
        self.tab.click(".jp-LauncherCard:has-text('Terminal')")
        self.tab.click(".jp-Terminal .xterm-screen")
        self.tab.keyboard.type(f"({command}) > ~/saying.txt 2>&1; mv ~/saying.txt ~/said.txt\n")
        wait_until(said.exists)
        text = said.read_text()
        said.unlink()
        return text


def wait_until(condition):
    """Wait for what no page shows."""
    end = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def sources(notebook):
    """Return the texts of a notebook's cells."""
    return ["".join(cell["source"]).strip() for cell in json.loads(notebook.read_text())["cells"]]


@pytest.fixture(scope="module")
def circle(classroom):
    """Go round once; return what was seen on the way."""
    seen = SimpleNamespace()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        instructor, ada, ben = (Person(browser, classroom, name) for name in ("instructor", "ada", "ben"))
        seen.menus = {person.name: person.menu() for person in (instructor, ada)}
        assert [instructor.formgrader(step) for step in ("assign", "release")] == ["Success"] * 2
        hand_in(ada, seen)
        grade_and_release_feedback(instructor, seen)
        read_feedback(ada, seen)
        look_around(ben, seen)
        browser.close()
    return seen


def hand_in(ada, seen):
    """Fetch the exercise, fill in the first cell, run the checks, submit."""
    ada.assignments()
    ada.tab.click("#released_assignments_list button:text('Fetch')")
    ada.tab.wait_for_selector("#fetched_assignments_list button:text('Submit')")
    ada.open(f"{SLUG}/{SLUG}.ipynb")
    cell = ada.tab.locator(".jp-CodeCell", has_text="class MyEmbedding:")
    cell.locator(".cm-content").click()
    ada.tab.keyboard.press("Control+A")
    ada.tab.keyboard.insert_text(ANSWER)
    ada.tab.click(".lm-MenuBar-itemLabel:text('Run')")
    ada.tab.click(".lm-Menu-itemLabel:text('Run All Cells')")
    ada.tab.wait_for_selector(".jp-OutputArea :text('MyTimeEmbedding')")
    seen.checks = ada.tab.locator(".jp-OutputArea").all_inner_texts()
    ada.tab.keyboard.press("Control+S")
    wait_until(lambda: ANSWER.strip() in sources(ada.home / SLUG / f"{SLUG}.ipynb"))
    ada.assignments()
    ada.tab.click("#fetched_assignments_list button:text('Submit')")
    ada.tab.wait_for_selector(f"#submitted_assignments_list :text('{SLUG}')")


def grade_and_release_feedback(instructor, seen):
    assert instructor.formgrader("collect") == "Success"
    seen.said = instructor.terminal(f"cd rnnlm && rnnlm-grade {SLUG}")
    graded = json.loads((instructor.home / "rnnlm" / "autograded" / "ada" / SLUG / f"{SLUG}.ipynb").read_text())
    seen.sandbox = graded["metadata"]["rnnlm_grader"]["sandbox"]
    assert [instructor.formgrader(f"{step}-feedback") for step in ("generate", "release")] == ["Success"] * 2


def read_feedback(ada, seen):
    """Fetch the feedback, and open it."""
    ada.assignments()
    ada.tab.click("#submitted_assignments_list button:text('Fetch Feedback')")
    ada.tab.click("#submitted_assignments_list :text('view feedback')")
    ada.tab.dblclick(".jp-DirListing-item:has-text('.html')")
    page = ada.tab.frame_locator(".jp-HTMLViewer iframe")
    page.get_by_text("Score").first.wait_for()
    seen.feedback = page.locator("body").inner_text()


def look_around(ben, seen):
    """Be curious."""
    ben.assignments()
    ben.tab.wait_for_selector("#released_assignments_list button:text('Fetch')")
    seen.bens_submissions = ben.tab.inner_text("#submitted_assignments_list")
    seen.bens_look = ben.terminal(f"ls {' '.join(SECRETS)}").splitlines()
    seen.formgrader_for_ben = ben.tab.goto(f"{ben.url}/formgrader").status
    seen.adas_server_for_ben = ben.tab.goto(ben.url.replace("/ben", "/ada/lab")).status


def test_checks_answer_in_a_students_server(circle):
    assert any("MyEmbedding · forward: 3 of 3 points" in output for output in circle.checks), circle.checks


def test_the_sandbox_grades_in_the_instructors_account(circle):
    assert "1 graded" in circle.said
    assert circle.sandbox == "bwrap"


def test_a_student_reads_mark_and_report(circle):
    assert re.search(r"Score: 15\.0 / 25\.0", circle.feedback), circle.feedback


def test_another_student_sees_nothing_of_it(circle):
    assert SLUG not in circle.bens_submissions
    assert [said.endswith("Permission denied") for said in circle.bens_look] == [True] * len(SECRETS)
    assert circle.adas_server_for_ben in (403, 404)


def test_only_the_instructor_has_the_instructors_menus(circle):
    assert "Formgrader" in circle.menus["instructor"]
    assert circle.menus["ada"] == ["Assignment List"]
    assert circle.formgrader_for_ben == 404


def test_nothing_of_the_machine_changes(circle):
    passwd, srv = Path("/etc/passwd").read_text(), os.listdir("/srv")
    assert "/srv/rnnlm" not in passwd
    assert "rnnlm" not in srv


def test_each_student_keeps_home_and_account_when_another_leaves(smaller_class):
    assert set(smaller_class.after) == {"instructor", "cy", "eve"}
    assert smaller_class.before == smaller_class.owners
    assert smaller_class.after.items() < smaller_class.owners.items()


def test_ending_a_classroom_ends_all_that_it_started(tmp_path):
    with opened(tmp_path, "ada") as room:
        room.hub.terminate()
        room.hub.wait(timeout=60)
        wait_until(lambda: not is_open(room.port))


@pytest.mark.parametrize("name", ["Ada", "instructor", "root"])
def test_a_name_that_cannot_be_an_account_is_refused(tmp_path, name):
    said = subprocess.run(
        [ROOT / "classroom" / "start", tmp_path / "room"],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"STUDENTS": f"ben {name}"},
    )
    assert said.returncode == 1
    assert f"'{name}'" in said.stderr
    assert not (tmp_path / "room").exists()


def test_without_the_right_to_act_for_others_one_line_says_so(tmp_path):
    said = subprocess.run(
        ["setpriv", "--reuid=65534", "--clear-groups", ROOT / "classroom" / "start", tmp_path],
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
    assert said.stderr == "classroom: only root can start servers under several accounts. Try: sudo make classroom\n"
