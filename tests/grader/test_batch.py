"""A class graded by `rnnlm-grade`: once, again, in any order, by several workers, and after whatever cut it off."""
import argparse
import contextlib
import errno
import functools
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import cut_off
import demo
import nbformat
import pytest
import sqlalchemy
from classroom import config_for, release
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from processes import descendants, orphans, parents, staying

from rnnlm_grader.course import batch as batches
from rnnlm_grader.course import cli, commands, export, gradebook, pool, results
from rnnlm_grader.course.batch import Batch
from rnnlm_grader.course.gradebook import recorded_scores
from rnnlm_grader.course.marks import read_class
from rnnlm_grader.course.recorder import Recorder
from rnnlm_grader.files import write_whole
from rnnlm_grader.refusal import Refusal, Stopped
from rnnlm_grader.sandbox import bubblewrap as sandbox
from rnnlm_grader.sandbox.bubblewrap import find_bwrap

pytestmark = pytest.mark.corpus(one_in=2)
SLUG = demo.ASSIGNMENT
CLASS = ("right-as-the-book", "wrong-overwrites", "unfinished", "not-a-notebook", "syntax-error")
PAIR = ("unfinished", "not-a-notebook")
MARKS = {"right-as-the-book": 25, "wrong-overwrites": 23, "unfinished": 4, "not-a-notebook": 0, "syntax-error": 10}
COMMAND = sys.executable, "-m", "rnnlm_grader.course.cli"


def open_course(folder):
    """nbgrader's course and configuration for a folder."""
    config = config_for(folder)
    config.GradeInSandbox.seconds_per_answer = 30.0  # the machine may be busy with other tests
    config.GradeInSandbox.seconds_per_criterion = 20.0
    return CourseDirectory(config=config, assignment_id=SLUG), config


def batch_of(folder, **options):
    return Batch(*open_course(folder), **options)


@pytest.fixture(scope="session")
def handed_in(tmp_path_factory):
    """A course in which a small class has handed in, and nothing is graded."""
    folder = tmp_path_factory.mktemp("class")
    release(folder)
    (folder / "rnnlm-secret.key").write_bytes(b"k" * 32)
    work = demo.students(nbformat.read(folder / "exercises" / SLUG / f"{SLUG}.ipynb", as_version=4))
    demo.hand_in(folder, {student: work[student] for student in CLASS})
    return folder


@pytest.fixture(scope="session")
def undisturbed(handed_in, tmp_path_factory):
    """The same, graded in one go."""
    folder = shutil.copytree(handed_in, tmp_path_factory.mktemp("undisturbed") / "course")
    batch_of(folder).grade()
    return folder


@pytest.fixture
def course(handed_in, tmp_path):
    """A copy of the course that a test may change."""
    return shutil.copytree(handed_in, tmp_path / "course")


@pytest.fixture
def pair(course):
    """The same, but of two students only."""
    for student in set(CLASS) - set(PAIR):
        shutil.rmtree(course / "submitted" / student)
    return course


def grade(course, *options):
    """Grade in this process by the command; return its exit code."""
    return cli.main([SLUG, "--course-dir", str(course), "--jobs", "1", *options])


def result_files(folder):
    return {path.name: path.read_bytes() for path in (folder / "results" / SLUG).glob("*.json")}


def outcome(folder):
    """All that a run should leave: marks, graded notebooks, results."""
    scores = recorded_scores(f"sqlite:///{folder}/gradebook.db", SLUG)
    graded = {str(path.relative_to(folder)): path.read_bytes() for path in (folder / "autograded").rglob("*")
              if path.is_file()}
    return scores, graded, result_files(folder)


def marks(folder):
    scores = recorded_scores(f"sqlite:///{folder}/gradebook.db", SLUG)
    return {student: sum(parts.values()) for student, parts in scores.items()}


def test_everybody_gets_a_mark_and_a_second_run_finds_nothing_to_do(undisturbed):
    before = outcome(undisturbed)
    tally = batch_of(undisturbed).grade()
    assert (tally.graded, tally.failed, tally.examined) == ([], {}, 0)
    assert sorted(tally.unchanged) == sorted(CLASS)
    assert outcome(undisturbed) == before
    assert marks(undisturbed) == MARKS


def in_processes(course):
    with pool.examiners(2) as executor:
        batch_of(course).grade(executor, 2)


def on_a_dask_cluster(course):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        options = argparse.Namespace(jobs=1, scheduler=cluster.scheduler_address)
        with commands.open_executor(options) as (executor, width):
            assert width == 2
            batch_of(course).grade(executor, width)


def by_nbgrader_autograde(course):
    coursedir, config = open_course(course)
    Autograde(coursedir=coursedir, config=config).start()


@pytest.mark.parametrize("grade_class", [in_processes, on_a_dask_cluster, by_nbgrader_autograde])
def test_the_same_bytes_are_left_however_a_class_is_graded(course, undisturbed, grade_class):
    grade_class(course)
    assert outcome(course) == outcome(undisturbed)


def test_a_pool_that_breaks_costs_nobody_a_mark(pair):
    """As where memory runs out, and the system ends a process."""
    with pool.examiners(2) as executor:
        executor.submit(os._exit, 1).exception()
        tally = batch_of(pair).grade(executor, 2)
    assert (sorted(tally.graded), tally.failed, tally.examined) == (sorted(PAIR), {}, 2)


@pytest.mark.parametrize("error", [BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), MemoryError(),
                                   sandbox.SandboxMissing("The sandbox failed to start a worker")])
def test_a_machine_that_has_no_room_for_a_while_costs_nobody_a_mark(pair, monkeypatch, error):
    sandbox.resolve(sandbox.resolve("auto"))  # starts one itself, the first time that it is asked
    starts, start = [], sandbox.start

    def has_no_room_at_first(*args):
        starts.append(args)
        if len(starts) == 1:
            raise error
        return start(*args)

    monkeypatch.setattr(sandbox, "start", has_no_room_at_first)
    tally = batch_of(pair).grade()
    assert (sorted(tally.graded), tally.failed) == (sorted(PAIR), {})


@pytest.fixture
def impatient(monkeypatch):
    """Have nobody wait for a gradebook that is locked."""
    engine = functools.partial(sqlalchemy.create_engine, connect_args={"timeout": 0.1})
    monkeypatch.setattr("nbgrader.api.create_engine", engine)
    monkeypatch.setattr(gradebook, "PATIENCE", 0.1)


@pytest.mark.usefixtures("impatient")
def test_a_gradebook_that_is_locked_meanwhile_loses_nothing_that_was_examined(course, monkeypatch):
    record = Recorder.record
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as other:
        def record_and_lock(*args):
            record(*args)
            other.execute("BEGIN IMMEDIATE")

        with monkeypatch.context() as patch:
            patch.setattr(Recorder, "record", record_and_lock)
            with pytest.raises(Stopped, match="database is locked"):
                batch_of(course).grade()
    examined = len(result_files(course))
    tally = batch_of(course).grade()
    assert (len(tally.unchanged), len(tally.graded)) == (1, len(CLASS) - 1)
    assert tally.examined == len(CLASS) - examined
    assert marks(course) == MARKS


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


def test_a_loss_of_power_at_any_moment_costs_nothing(pair, tmp_path):
    """At every 8th change of the disk; see `cut_off` for what a loss of power is."""
    undisturbed = shutil.copytree(pair, tmp_path / "undisturbed")
    status, total = cut_off.crash(undisturbed, None, batch_of(undisturbed).grade)
    assert status == 0
    assert total > 25
    for moment in range(1, total, int(os.environ.get("EVERY", "8"))):
        course = shutil.copytree(pair, tmp_path / f"cut off at {moment}")
        status, _ = cut_off.crash(course, moment, batch_of(course).grade)
        assert status == cut_off.CRASHED, moment
        batch_of(course).grade()
        assert outcome(course) == outcome(undisturbed), moment
        shutil.rmtree(course)


def start(course, **options):
    """Start the real command."""
    return subprocess.Popen([*COMMAND, SLUG, "--jobs", "2"], cwd=course, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, **options)


def wait_for(condition):
    """Wait until something has happened; the machine may be busy."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        select.select([], [], [], 0.01)


def test_a_run_that_is_killed_again_and_again_ends_with_the_same_marks(pair):
    for pattern, count in (("results/*/*.json", 1), ("autograded/*/*/*.ipynb", 1), ("autograded/*/*/*.ipynb", 2)):
        process = start(pair)
        wait_for(lambda p=process, at=pattern, n=count: len(list(pair.glob(at))) >= n or p.poll() is not None)
        started = descendants(process.pid)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        wait_for(lambda left=started: not left & set(parents()))
    assert grade(pair) == 0
    assert marks(pair) == {student: MARKS[student] for student in PAIR}
    assert len(list(pair.glob("results/*/*.json"))) == len(PAIR)
    assert not staying(orphans)


def heed_interrupts():
    """Take interrupts as a program in the foreground does: a shell has those in the background ignore them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupt_ends_a_run_at_once_with_one_line(course):
    for student in ("x-loops", "x-loops-too"):  # after the others
        shutil.copytree(course / "submitted" / "right-as-the-book", course / "submitted" / student)
        path = course / "submitted" / student / SLUG / f"{SLUG}.ipynb"
        path.write_text(path.read_text().replace("return W[idx]", f"while True: pass  # {student}"))
    process = start(course, start_new_session=True, preexec_fn=heed_interrupts)
    wait_for(lambda: len(list(course.glob("results/*/*.json"))) >= 2)
    started = descendants(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert said == "rnnlm-grade: Interrupted. What was examined is kept; run the same command again to go on.\n"
    wait_for(lambda: not started & set(parents()))


def test_two_runs_at_once_are_one_too_many(course):
    batch = batch_of(course)
    with batch.results.locked(), pytest.raises(Refusal, match="Another process is grading 01-embedding"):
        batch_of(course).grade()


def contents(folder):
    """All that lies in a folder, links as links."""
    return {path: os.readlink(path) if path.is_symlink() else path.is_file() and path.read_bytes()
            for path in folder.rglob("*")}


def said_by(capsys, *arguments):
    """Run a command in this process; return its exit code and the one line that it says of what is wrong."""
    code = cli.main(list(map(str, arguments)))
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1, said
    return code, said


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("command", [["report"], ["export"], []])
@pytest.mark.parametrize(("state", "says"), [("locked", "database is locked. Close"), ("garbage", "not a database")])
def test_a_gradebook_that_cannot_be_read_stops_every_command(course, capsys, command, state, says):
    if state == "garbage":
        (course / "gradebook.db").write_bytes(b"garbage" * 1000)
    before = contents(course)
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as other:
        if state == "locked":
            other.execute("BEGIN EXCLUSIVE")
        code, said = said_by(capsys, *command, SLUG, "--course-dir", course)
    assert code == 2
    assert says in said
    assert contents(course) == before


@pytest.mark.parametrize(("text", "says"), [
    ("1\nsyntax error(", "never closed (nbgrader_config.py, line 2)"),
    ("import none", "ModuleNotFoundError in "),
    ("c.CourseDirectory.course_id = 'x'\nc.GradeInSandbox.sandbox = 1", "The 'sandbox' trait"),
])
def test_a_configuration_that_is_damaged_stops_a_run_before_anything_is_written(pair, capsys, text, says):
    (pair / "nbgrader_config.py").write_text(text)
    before = contents(pair)
    code, said = said_by(capsys, SLUG, "--course-dir", pair)
    assert code == 2
    assert says in said
    assert contents(pair) == before


def test_a_disk_that_is_full_later_stops_a_run_and_what_was_examined_is_kept(pair, monkeypatch, capsys):
    def full_after_one(path, data):
        if result_files(pair):
            raise OSError(errno.ENOSPC, "No space left on device", "results")
        write_whole(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(results, "write_whole", full_after_one)
        code, said = said_by(capsys, SLUG, "--course-dir", pair, "--jobs", "1")
    assert code == 1
    assert "No space left on device: results. What was examined is kept" in said
    assert len(result_files(pair)) == 1
    assert grade(pair) == 0


def test_whose_work_cannot_be_read_is_named_on_the_last_line_of_each_run(pair, capsys):
    for _ in range(2):
        assert grade(pair) == 0
        last = capsys.readouterr().out.splitlines()[-1]
        assert last == "couldn't read the work of: not-a-notebook (see the report)"


RENAME = "the name of the student's folder begins with a dot, has a line break or isn't UTF-8; rename it"
LINK = "the student's folder is a link that leads to no folder"
UNFIT = {".hidden": ".hidden", "kor\udcb1\udce8": r"kor\udcb1\udce8", "new\nline": "new line", "nowhere": "nowhere"}


def test_whom_nbgrader_cannot_hold_is_named_with_the_reason_wherever_others_are(pair):
    for name in UNFIT:
        if name == "nowhere":
            (pair / "submitted" / name).symlink_to("/nowhere")
        else:
            shutil.copytree(pair / "submitted" / "unfinished", pair / "submitted" / name)
    strict = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}
    said = {}
    for command in ("", "report", "export"):
        done = subprocess.run([*COMMAND, *command.split(), SLUG], cwd=pair, env=strict,
                              capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0 if command else 1, b"")
        said[command] = done.stdout.decode()
    *names, nowhere = UNFIT.values()
    assert [line for line in said[""].splitlines() if line.startswith("no mark for")] == [
        f"no mark for {', '.join(names)}: {RENAME}", f"no mark for {nowhere}: {LINK}"]
    table = (pair / "reports" / f"{SLUG}.csv").read_text().splitlines()
    page = (pair / "reports" / f"{SLUG}.html").read_text()
    for name in UNFIT.values():
        assert len([line for line in table if line.startswith(f"{name},") and ",waiting," in line]) == 1
        assert name in page
    assert marks(pair) == {student: MARKS[student] for student in PAIR}


def test_what_lies_in_the_place_of_a_graded_folder_is_replaced_and_no_link_is_followed(pair, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("keep")
    for student in PAIR:
        (pair / "autograded" / student).mkdir(parents=True)
    (pair / "autograded" / "unfinished" / SLUG).symlink_to(precious)
    (pair / "autograded" / "not-a-notebook" / SLUG).write_text("a file")
    assert grade(pair) == 0
    assert marks(pair) == {student: MARKS[student] for student in PAIR}
    assert [path.name for path in precious.iterdir()] == ["file"]


def test_who_has_no_place_in_the_graded_folder_costs_nobody_else_a_mark(pair, capsys):
    (pair / "autograded").mkdir()
    (pair / "autograded" / "not-a-notebook").write_text("a file")
    assert grade(pair) == 1
    assert "no mark for not-a-notebook: NotADirectoryError: Not a directory: " in capsys.readouterr().out
    assert marks(pair) == {"unfinished": MARKS["unfinished"]}


def test_a_course_may_lie_in_a_folder_of_any_name(pair, tmp_path, capsys):
    course = shutil.copytree(pair, tmp_path / "STUDENT" / "RNN [2026] *")
    assert grade(course) == 0
    assert marks(course) == {student: MARKS[student] for student in PAIR}


FULL_DISK = """
set -u
cp -r "$COURSE" /small/course
cd /small/course
cat /dev/zero > /small/ballast 2>/dev/null
"$@"; echo "exit code $?"
rm /small/ballast
"$@"; echo "exit code $?"
cp gradebook.db "$COURSE/after.db"
"""


def test_a_full_disk_stops_a_run_and_the_next_one_goes_on(pair):
    """On a file system of 16 MiB of its own, without a sandbox: there can't be one inside the other."""
    done = subprocess.run(
        [find_bwrap(), "--dev-bind", "/", "/", "--size", str(16 * 2**20), "--tmpfs", "/small", "--setenv", "COURSE",
         str(pair), "bash", "-c", FULL_DISK, "bash", *COMMAND, SLUG, "--sandbox", "none"],
        capture_output=True, text=True, check=False)
    first, second = done.stdout.split("exit code ")[1:]
    assert (first[0], second[0]) == ("2", "0"), done
    assert "No space left on device: /small/course/results/key-fingerprint. Nothing was done" in done.stderr
    shutil.move(pair / "after.db", pair / "gradebook.db")
    assert marks(pair) == {student: MARKS[student] for student in PAIR}


@pytest.mark.parametrize(("url", "says"), [
    ("postgresql://grader:pass@127.0.0.1:9/rnnlm", "refused"),
    ("nosuchdatabase://grader:pass@host/rnnlm", "Can't load plugin"),
    ("mysql://grader:pass@host/rnnlm", "needs a module that isn't installed: MySQLdb"),
])
def test_a_gradebook_that_cannot_be_reached_is_named_without_its_password(url, says):
    with pytest.raises(Refusal, match=says) as error:
        gradebook.require_gradebook(url, SLUG, {})
    assert "pass" not in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(("arguments", "says"), [
    (["99-nothing"], "There is no assignment 99-nothing. There are: 01-embedding"),
    ([SLUG, "--course-dir", "/"], "/ is no course: it has no nbgrader_config.py"),
    ([SLUG, "--student", "nobody"], "Nothing was handed in for 01-embedding by nobody."),
    ([SLUG, "--jobs", "0"], "--jobs must be at least 1."),
    ([SLUG, "--scheduler", "tcp://127.0.0.1:9"], "No Dask scheduler answers at tcp://127.0.0.1:9"),
    (["02-rnn"], "Nothing was handed in. It should be in"),
    (["report", "02-rnn"], "02-rnn"),
    (["report", SLUG, "--output", "/dev/null/report.html"], "/dev/null. Nothing was done"),
    (["export", SLUG, "--output", "/proc/marks.csv"], "/proc/marks.csv. Nothing was done"),
    (["export", SLUG, "--student", "nobody"], "Neither the gradebook nor submitted knows nobody. Nothing was written."),
])
def test_what_cannot_be_done_is_said_in_one_line(handed_in, monkeypatch, capsys, arguments, says):
    monkeypatch.chdir(handed_in)
    assert cli.main(arguments) == 2
    said = capsys.readouterr().err.strip()
    assert says in said
    assert len(said.splitlines()) == 1


def test_every_form_of_export_can_be_asked_for():
    assert tuple(export.FORMS) == cli.FORMS


def test_a_submission_that_cannot_be_examined_costs_nobody_else_a_mark(course, monkeypatch, capsys):
    run = batches.run

    def failing(job):
        if any("np.add.at" not in source for name, source in job.cells if name == "MyEmbedding"):
            raise RuntimeError("out of luck")
        return run(job)

    monkeypatch.setattr(batches, "run", failing)
    assert grade(course) == 1
    assert "RuntimeError: out of luck" in capsys.readouterr().out
    assert marks(course)["right-as-the-book"] == 25


def test_no_older_mark_is_taken_for_that_of_a_submission_that_cannot_be_examined(pair, handed_in, monkeypatch):
    batch_of(pair).grade()
    coursedir, _ = open_course(pair)
    with Gradebook(coursedir.db_url) as book:
        book.find_grade("MyEmbedding-forward", SLUG, SLUG, "unfinished").manual_score = 1
        book.find_comment("MyEmbedding", SLUG, SLUG, "unfinished").manual_comment = "good"
        book.find_submission(SLUG, "unfinished").notebooks[0].late_submission_penalty = 0.5
        book.db.commit()
    shutil.copytree(handed_in / "submitted" / "right-as-the-book", pair / "submitted" / "unfinished",
                    dirs_exist_ok=True)
    monkeypatch.setattr(batches, "run", lambda job: 1 / 0)
    assert set(batch_of(pair).grade().failed) == {"unfinished"}
    with Gradebook(coursedir.db_url) as book:  # as formgrader and nbgrader export see it
        submission = book.find_submission(SLUG, "unfinished")
        assert {grade.auto_score for grade in submission.notebooks[0].grades} == {None}
        assert (submission.score, submission.late_submission_penalty, submission.needs_manual_grade) == (1, 0, True)
        assert book.find_comment("MyEmbedding", SLUG, SLUG, "unfinished").manual_comment == "good"
        assert book.find_submission(SLUG, "not-a-notebook").needs_manual_grade is False
    students = {student.student: student for student in read_class(coursedir, SLUG).students}
    assert {name: student.state for name, student in students.items()} == {
        "unfinished": "waiting", "not-a-notebook": "graded"}
    assert students["unfinished"].parts == {}
