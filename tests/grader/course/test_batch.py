"""A class graded by `rnnlm-grade`: once, again, in any order, by several workers, and after whatever cut it off."""

import argparse
import concurrent.futures
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

import nbformat
import pytest
import sqlalchemy
from course_folder import SLUG, WORK, batch_of, collect, contents, gradebook_of, nbgrader, open_course
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from processes import descendants, parents
from support import cut_off

from rnnlm_grader.course import batch as batches
from rnnlm_grader.course import class_marks, cli, commands, gradebook, pool, private, results
from rnnlm_grader.course.class_marks import read_class
from rnnlm_grader.course.gradebook import recorded_scores
from rnnlm_grader.course.messages import unsettled_lines
from rnnlm_grader.course.recorder import NOT_FINAL, Recorder
from rnnlm_grader.course.results import Results
from rnnlm_grader.files import write_atomic
from rnnlm_grader.refusal import Refusal, Stopped
from rnnlm_grader.sandbox import choice

pytestmark = pytest.mark.corpus(one_in=4, whole=True)
PAIR = {"unfinished": 4, "not-a-notebook": 0}  # student → mark
CLASS = PAIR | {"right-as-the-book": 25, "wrong-overwrites": 23, "syntax-error": 10}
COMMAND = sys.executable, "-m", "rnnlm_grader.course.cli"


@pytest.fixture(scope="session")
def handed_in(tmp_path_factory):
    """A course in which a small class has handed in, and nothing is graded."""
    return collect(tmp_path_factory.mktemp("class"), {student: WORK[student] for student in CLASS})


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
def pair(handed_in, tmp_path):
    """A copy of two students' part of the course, in a folder whose name looks like a pattern."""
    others = shutil.ignore_patterns(*CLASS.keys() - PAIR.keys())
    return shutil.copytree(handed_in, tmp_path / "STUDENT" / "RNN [2026] *", ignore=others)


def grade(course):
    """Grade in this process by the command; return its exit code."""
    return cli.main([SLUG, "--course-dir", str(course), "--jobs", "1"])


def result_files(folder):
    return {path.name: path.read_bytes() for path in Results(folder / "results" / SLUG).paths()}


def outcome(folder):
    """All that a run should leave: marks, graded notebooks, results."""
    return scores_in(folder), contents(folder / "autograded"), result_files(folder)


def scores_in(folder):
    with gradebook_of(folder) as book:
        return recorded_scores(book, SLUG)


def marks(folder):
    return {student: sum(parts.values()) for student, parts in scores_in(folder).items()}


def test_everybody_gets_a_mark_and_a_second_run_finds_nothing_to_do(undisturbed):
    before = outcome(undisturbed)
    tally = batch_of(undisturbed).grade()
    assert (tally.graded, tally.failed, tally.examined) == ([], {}, 0)
    assert (sorted(tally.unchanged), tally.unread) == (sorted(CLASS), ["not-a-notebook"])
    assert outcome(undisturbed) == before
    assert marks(undisturbed) == CLASS


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


class LostAfterOne(batches.Here):
    """Runs one job, and then is as Dask's executor is when its scheduler has been killed."""

    def submit(self, function, *args):
        self.submit = self.drop
        future = super().submit(function, *args)
        while batches.deserves_another_try(future):  # as on a busy machine, where it would be tried again at the end
            future = super().submit(function, *args)
        return future

    def drop(self, *_):
        future = concurrent.futures.Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_a_cluster_that_is_lost_stops_the_run_which_goes_on_where_it_stopped(pair):
    with pytest.raises(Stopped, match="The scheduler of the cluster was lost"):
        batch_of(pair).grade(LostAfterOne(), 1)
    tally = batch_of(pair).grade()
    assert (len(tally.unchanged), len(tally.graded), tally.examined) == (1, 1, 1)


@pytest.mark.parametrize("error", [BlockingIOError, MemoryError, choice.SandboxMissing])
def test_a_machine_that_has_no_room_for_a_while_costs_nobody_a_mark(pair, monkeypatch, error):
    choice.resolve(choice.resolve("auto"))  # starts one itself, the first time that it is asked
    starts, start = [], choice.start

    def has_no_room_at_first(*args):
        starts.append(args)
        if len(starts) == 1:
            raise error
        return start(*args)

    monkeypatch.setattr(choice, "start", has_no_room_at_first)
    tally = batch_of(pair).grade()
    assert (sorted(tally.graded), tally.failed) == (sorted(PAIR), {})
    assert marks(pair) == PAIR


@pytest.fixture
def impatient(monkeypatch):
    """Have nobody wait for a gradebook that is locked."""
    engine = functools.partial(sqlalchemy.create_engine, connect_args={"timeout": 0.1})
    monkeypatch.setattr("nbgrader.api.create_engine", engine)


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
    assert marks(course) == CLASS


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
    assert marks(course) == CLASS | {"unfinished": 25}


@pytest.mark.parametrize("command", ["rnnlm-grade", "nbgrader autograde"])
def test_whose_code_was_stopped_though_it_had_only_waited_is_named_and_examined_again(pair, tmp_path, capsys, command):
    pair = shutil.copytree(pair, tmp_path / "course")  # a name that nbgrader's command can do with
    shutil.copytree(pair / "submitted" / "unfinished", pair / "submitted" / "sleeps")
    path = pair / "submitted" / "sleeps" / SLUG / f"{SLUG}.ipynb"
    path.write_text(path.read_text().replace("W, = self.params", "import time; time.sleep(600)"))
    hasty = "--GradeInSandbox.seconds_per_criterion=0.2", "--GradeInSandbox.wall_clock_factor=3"
    for examined in PAIR.keys() | {"sleeps"}, {"sleeps"}:
        if command == "rnnlm-grade":
            assert cli.main([SLUG, "--course-dir", str(pair), "--jobs", "1", *hasty]) == 0
            said = capsys.readouterr().out
            assert f"{SLUG}: {len(examined)} graded, {3 - len(examined)} unchanged" in said
        else:
            nbgrader(pair, "autograde", SLUG, *hasty)
            said = capsys.readouterr().err
        assert "had no turn on this machine: sleeps (see the report)" in said
        assert f"run again: rnnlm-grade {SLUG} --jobs 1" in said
        assert len(result_files(pair)) == len(PAIR)
        assert marks(pair).keys() == {*PAIR, "sleeps"}
    graded = nbformat.read(pair / "autograded" / "sleeps" / SLUG / f"{SLUG}.ipynb", as_version=4)
    assert f"- {NOT_FINAL}\n" in graded.cells[0].source
    assert cli.main(["export", SLUG, "--course-dir", str(pair), "--form", "canvas"]) == 0
    assert "had no turn on this machine: sleeps (see the report)" in capsys.readouterr().out
    told = " ".join(str(cell.get("outputs")) for cell in graded.cells).replace("\\n", " ")
    assert "s of processor time; the machine's load was" in " ".join(told.split())


def test_everybody_whose_mark_is_not_final_is_named():
    (line,) = unsettled_lines(SLUG, batches.Tally(unfinished=[f"s{number}" for number in range(12)]))
    assert "s11, s2, s3, s4, s5, s6, s7, s8, s9 (see the report)" in line


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
    return subprocess.Popen(
        [*COMMAND, SLUG, "--jobs", "2"],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


def wait_for(condition):
    """Wait until something has happened; the machine may be busy."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        select.select([], [], [], 0.01)


def test_a_run_that_is_killed_leaves_no_process_and_can_be_started_again(course):
    process = start(course)
    wait_for(lambda: list(course.glob("results/*/*/*.json")))
    started = descendants(process.pid)
    process.kill()
    process.communicate()
    assert started
    wait_for(lambda: not started & set(parents()))
    assert grade(course) == 0
    assert marks(course) == CLASS


def heed_interrupts():
    """Take interrupts as a program in the foreground does: a shell has those in the background ignore them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupt_ends_a_run_at_once_with_one_line(course):
    for student in ("x-loops", "x-loops-too"):  # after the others
        shutil.copytree(course / "submitted" / "right-as-the-book", course / "submitted" / student)
        path = course / "submitted" / student / SLUG / f"{SLUG}.ipynb"
        path.write_text(path.read_text().replace("return W[idx]", f"while True: pass  # {student}"))
    process = start(course, start_new_session=True, preexec_fn=heed_interrupts)
    wait_for(lambda: len(list(course.glob("results/*/*/*.json"))) >= 2)
    started = descendants(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert said == "rnnlm-grade: Interrupted. What was examined is kept; run the same command again to go on.\n"
    wait_for(lambda: not started & set(parents()))


def said_by(course, capsys, *arguments):
    """Run a command in this process; return its exit code and the one line that it says of what is wrong."""
    with contextlib.chdir(course):
        code = cli.main(arguments)
    (said,) = capsys.readouterr().err.splitlines()
    return code, said


def refused(course, capsys, *arguments):
    """Run a command that changes nothing; return why."""
    before = contents(course)
    code, said = said_by(course, capsys, *arguments)
    assert code == 2
    assert contents(course) == before
    return said


def test_two_runs_at_once_are_one_too_many(course, capsys):
    with batch_of(course).results.locked():
        code, said = said_by(course, capsys, SLUG)
    assert (code, "Another process is grading 01-embedding" in said) == (2, True)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("command", [["report"], ["export"], []])
def test_a_gradebook_that_is_locked_or_damaged_stops_every_command(course, capsys, command):
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "database is locked. Close" in refused(course, capsys, *command, SLUG)
    (course / "gradebook.db").write_bytes(b"garbage" * 1000)
    assert "not a database" in refused(course, capsys, *command, SLUG)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1\nsyntax error(", "never closed (nbgrader_config.py, line 2)"),
        ("import none", "ModuleNotFoundError in "),
        ("c.CourseDirectory.course_id = 'x'\nc.GradeInSandbox.sandbox = 1", "The 'sandbox' trait"),
        ("c.GradeInSandbox.seconds_per_criterion = -1", "should not be less than 0.2"),
        ("c.GradeInSandbox.wall_clock_factor = 0.01", "should not be less than 1"),
        ("c.GradeInSandbox.stict = True", "c.GradeInSandbox.stict, which there isn't. Did you mean strict?"),
        ("c.GradeInSandbox.hints = True", "Did you mean book_url or sandbox or"),
        ("c.GradeInSandbx.strict = True", "sets c.GradeInSandbx.strict. Did you mean c.GradeInSandbox?"),
        ("c.AssignLatePenalty.plugin_class = 'x'", "Did you mean c.AssignLatePenalties?"),
    ],
)
def test_a_configuration_that_is_damaged_stops_a_run_before_anything_is_written(pair, capsys, text, says):
    (pair / "nbgrader_config.py").write_text(text)
    assert says in refused(pair, capsys, SLUG)


@pytest.mark.parametrize(("kept", "code", "says"), [(0, 2, "Nothing was done"), (1, 1, "What was examined is kept")])
def test_a_full_disk_stops_a_run_and_the_next_one_goes_on(pair, monkeypatch, capsys, kept, code, says):
    """At once, or when one result is kept."""

    def write(path, data):
        if len(result_files(pair)) == kept:
            raise OSError(errno.ENOSPC, "No space left on device", "results")
        write_atomic(path, data)

    with monkeypatch.context() as patch:
        for module in (private, results):
            patch.setattr(module, "write_atomic", write)
        stopped, said = said_by(pair, capsys, SLUG, "--jobs", "1")
    assert stopped == code
    assert f"No space left on device: results. {says}" in said
    assert len(result_files(pair)) == kept
    assert grade(pair) == 0
    assert marks(pair) == PAIR


def run(course, *arguments, **options):
    """Run the real command to its end."""
    return subprocess.run([*COMMAND, *arguments], cwd=course, stderr=subprocess.PIPE, text=True, check=False, **options)


def test_a_summary_that_nobody_reads_any_more_ends_a_command_with_one_line(pair):
    """As of `| head`."""
    reader, writer = os.pipe()
    os.close(reader)
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = run(pair, "export", SLUG, stdout=writer, env=buffered)
    os.close(writer)
    assert (done.returncode, done.stderr) == (
        1,
        "rnnlm-grade: What reads the summary has gone. What was examined is kept.\n",
    )


UNFIT = {".hidden": ".hidden", "kor\udcb1\udce8": r"kor\udcb1\udce8", "new\nline": "new line"}  # name → as it is shown


def test_whom_nbgrader_cannot_hold_is_named_with_the_reason_wherever_others_are(pair):
    for name in UNFIT:
        shutil.copytree(pair / "submitted" / "unfinished", pair / "submitted" / name)
    (pair / "submitted" / "nowhere").symlink_to("/nowhere")
    strict = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}
    graded, reported, exported = (
        subprocess.run([*COMMAND, *command, SLUG], cwd=pair, env=strict, capture_output=True, text=True, check=False)
        for command in ([], ["report"], ["export"])
    )
    assert [done.returncode for done in (graded, reported, exported)] == [1, 0, 0]
    assert [line for line in graded.stdout.splitlines() if line.startswith("no mark for")] == [
        f"no mark for {', '.join(UNFIT.values())}: the name of the student's folder begins with a dot, has a line "
        "break or isn't UTF-8; rename it",
        "no mark for nowhere: the student's folder is a link that leads to no folder",
    ]
    assert graded.stdout.endswith("\ncouldn't read the work of: not-a-notebook (see the report)\n")
    table, page = ((pair / "reports" / f"{SLUG}.{form}").read_text() for form in ("csv", "html"))
    for name in (*UNFIT.values(), "nowhere"):
        assert len([line for line in table.splitlines() if line.startswith(f"{name},") and ",waiting," in line]) == 1
        assert name in page
    assert marks(pair) == PAIR


def test_what_lies_in_the_place_of_a_graded_folder_costs_nobody_else_a_mark_and_no_link_is_followed(
    pair, tmp_path, capsys
):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("keep")
    (pair / "autograded" / "unfinished").mkdir(parents=True)
    (pair / "autograded" / "unfinished" / SLUG).symlink_to(tmp_path / "precious")
    (pair / "autograded" / "not-a-notebook").write_text("a file")
    assert grade(pair) == 1
    assert "no mark for not-a-notebook: NotADirectoryError: Not a directory: " in capsys.readouterr().out
    assert marks(pair) == {"unfinished": 4}
    assert [path.name for path in (tmp_path / "precious").iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://grader:%40pass@127.0.0.1:9/rnnlm", "refused"),
        ("nosuchdatabase://grader:pass@host/rnnlm", "Can't load plugin"),
        ("mysql://grader:pass@host/rnnlm", "needs a module that isn't installed: MySQLdb"),
    ],
)
def test_a_gradebook_that_cannot_be_reached_is_named_without_its_password(url, says):
    with pytest.raises(Refusal, match=says) as error:
        gradebook.require_gradebook(CourseDirectory(db_url=url, assignment_id=SLUG), {})
    assert "pass" not in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["99-nothing"], "There is no assignment 99-nothing. There are: 01-embedding"),
        ([SLUG, "--course-dir", "/"], "/ is no course: it has no nbgrader_config.py"),
        ([SLUG, "--student", "nobody"], "Nothing was handed in for 01-embedding by nobody."),
        ([SLUG, "--jobs", "0"], "--jobs must be at least 1."),
        ([SLUG, "--scheduler", "tcp://127.0.0.1:9"], "No Dask scheduler answers at tcp://127.0.0.1:9"),
        (["02-rnn"], "Nothing was handed in. It should be in"),
        (["report", "02-rnn"], "02-rnn"),
        (["report", SLUG, "--output", "/dev/null/report.html"], "/dev/null. Nothing was done"),
        (["export", SLUG, "--output", "/proc/marks.csv"], "/proc/marks.csv. Nothing was done"),
        (
            ["export", SLUG, "--student", "nobody"],
            "Neither the gradebook nor submitted knows nobody. Nothing was written.",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(handed_in, capsys, arguments, says):
    code, said = said_by(handed_in, capsys, *arguments)
    assert (code, says in said) == (2, True)


def test_a_command_that_is_misspelt_is_answered_by_a_list_of_them(capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["reprot", SLUG])
    said = capsys.readouterr().err
    assert "reprot is neither an assignment nor a command. The commands are watch, report, overview" in said


def test_a_run_for_one_student_asks_the_gradebook_about_no_other_and_reads_no_other_notebook(pair, capsys, monkeypatch):
    batch_of(pair).grade()
    asked, read = [], []
    for module, name in ((gradebook, "of_notebooks"), (class_marks, "of_notebooks")):
        monkeypatch.setattr(module, name, noting(asked, getattr(module, name)))
    monkeypatch.setattr(class_marks, "read_again", lambda path: read.append(path) or ({}, {}))
    assert cli.main([SLUG, "--course-dir", str(pair), "--jobs", "1", "--force", "--student", "unfinished"]) == 0
    assert "1 mark: lowest 4, median 4, highest 4" in capsys.readouterr().out
    assert asked
    assert {tuple(students or ["all"]) for students in asked} == {("unfinished",)}
    assert {path.parts[-3] for path in read} == {"unfinished"}


def noting(asked, query):
    """Return a query of the gradebook that notes about which students it asks."""
    return lambda *args, students=None: asked.append(students) or query(*args, students=students)


def test_a_submission_that_cannot_be_examined_keeps_no_older_mark_and_costs_nobody_else_one(
    pair, handed_in, monkeypatch
):
    batch_of(pair).grade()
    with gradebook_of(pair) as book:
        book.find_grade("MyEmbedding-forward", SLUG, SLUG, "unfinished").manual_score = 1
        book.find_comment("MyEmbedding", SLUG, SLUG, "unfinished").manual_comment = "good"
        book.find_submission(SLUG, "unfinished").notebooks[0].late_submission_penalty = 0.5
        book.db.commit()
    for student, work in (("unfinished", "right-as-the-book"), ("zoe", "wrong-overwrites")):
        shutil.copytree(handed_in / "submitted" / work, pair / "submitted" / student, dirs_exist_ok=True)
    run, jobs = batches.run, []

    def fail_at_first(job):
        jobs.append(job)
        return run(job) if len(jobs) > 1 else 1 / 0

    monkeypatch.setattr(batches, "run", fail_at_first)
    assert batch_of(pair).grade().failed == {"unfinished": "ZeroDivisionError: division by zero"}
    with gradebook_of(pair) as book:  # as formgrader and nbgrader export see it
        submission = book.find_submission(SLUG, "unfinished")
        assert {grade.auto_score for grade in submission.notebooks[0].grades} == {None}
        assert (submission.score, submission.late_submission_penalty, submission.needs_manual_grade) == (1, 0, True)
        assert book.find_comment("MyEmbedding", SLUG, SLUG, "unfinished").manual_comment == "good"
        assert book.find_submission(SLUG, "not-a-notebook").needs_manual_grade is False
    students = {student.student: student for student in read_class(open_course(pair)[0]).students}
    assert {name: student.state for name, student in students.items()} == {
        "unfinished": "waiting",
        "not-a-notebook": "graded",
        "zoe": "graded",
    }
    assert students["unfinished"].parts == {}
    assert students["zoe"].mark == 23
