"""Grades a whole class: examines in parallel, then lets nbgrader, the only writer of the gradebook, record.

A run that was cut off goes on where it stopped when it is started again: what was examined is kept (`results`), and
what was recorded is known by its content (`state`).
"""
import concurrent.futures
import contextlib
import os
from dataclasses import dataclass, field

from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from .gradebook import one_engine, recorded_scores
from .job import VersionsDiffer, run
from .nbgrader_plugin import GradeInSandbox
from .state import is_graded, read_submissions


@dataclass
class Tally:
    """What a run did."""

    unchanged: list = field(default_factory=list)  # students who were graded already
    graded: list = field(default_factory=list)  # students who are graded now
    failed: dict = field(default_factory=dict)  # student → why there is no mark
    examined: int = 0  # submissions that were run; equal ones are run once


@contextlib.contextmanager
def no_progress(what, total):
    """Show nothing."""
    yield lambda: None


class Batch:
    """One run over one assignment.

    Parameters
    ----------
    coursedir : nbgrader.coursedir.CourseDirectory
        With the id of the assignment in it.
    config : traitlets.config.Config
        nbgrader's configuration, as `nbgrader_plugin.configure` fills it in.
    students : collection of str, optional
        Grade only these.
    force : bool
        Examine and record also what is graded already.
    progress : callable
        (what is done, how often) → context manager, which yields a function to call each time.
    log : logging.Logger, optional
        Where nbgrader's messages go.
    """

    def __init__(self, coursedir, config, *, students=None, force=False, progress=no_progress, log=None):
        self.coursedir, self.config = coursedir, config
        self.students, self.force = students, force
        self.progress, self.log = progress, log
        self.grading = GradeInSandbox(config=config)
        self.results = self.grading.results(coursedir, coursedir.assignment_id)

    def grade(self, executor=None, width=1):
        """Grade what isn't graded yet; return a `Tally`.

        Parameters
        ----------
        executor : concurrent.futures.Executor, optional
            Where to examine; here, one after the other, if there is none.
        width : int
            How many examinations the executor runs at once.

        Raises
        ------
        One of `nbgrader_plugin.UNUSABLE` before anything is written; `results.Busy`; `VersionsDiffer`; OSError where
        results can't be written. What was examined until then is kept.
        """
        self.grading.require(self.coursedir)
        with self.results.locked():
            scores = {} if self.force else recorded_scores(self.coursedir.db_url, self.coursedir.assignment_id)
            tally, todo = Tally(), {}
            for submission in self.submissions():
                if is_graded(self.coursedir, submission, scores):
                    tally.unchanged.append(submission.student)
                else:
                    todo[submission.student] = submission.job.key
            reasons = self.examine(set(todo.values()), executor, width, tally)
            tally.failed = {student: reasons[key] for student, key in todo.items() if key in reasons}
            self.record([student for student in todo if student not in tally.failed], tally)
        return tally

    def submissions(self):
        """Read the submissions, one at a time: a class may be large."""
        return read_submissions(self.coursedir, self.coursedir.assignment_id, self.grading.job_maker(self.coursedir),
                                self.students)

    def examine(self, keys, executor, width, tally):
        """Have a result for every key; return {key: reason} of those that couldn't be examined."""
        if not self.force:
            keys = {key for key in keys if self.results.read(key) is None}
        reasons, again = {}, set()
        with self.progress("examine", len(keys)) as step:
            for job, outcome in outcomes(executor or Here(), width, self.jobs(keys)):
                if isinstance(outcome, Exception):
                    reasons[job.key] = f"{type(outcome).__name__}: {outcome}"
                elif outcome["timed_out"] and executor and is_busy():
                    again.add(job.key)  # it may have been the machine that was slow
                    continue
                else:
                    self.results.write(outcome)
                step()
            for job in self.jobs(again):
                self.results.write(run(job))
                step()
        tally.examined = len(keys) - len(reasons)
        return reasons

    def jobs(self, keys):
        """Yield a job for each key, once."""
        left = set(keys)
        for submission in self.submissions() if left else ():
            if submission.job.key in left:
                left.remove(submission.job.key)
                yield submission.job

    def record(self, students, tally):
        """Have nbgrader record the results of these students."""
        if not students:
            return
        with self.progress("record", len(students)) as step:
            recorder = Recorder(students, step, coursedir=self.coursedir, config=self.config, force=self.force)
            if self.log:
                recorder.log = self.log
            with one_engine(), contextlib.suppress(NbGraderException):  # whom it concerns is seen below
                recorder.start()
        scores = recorded_scores(self.coursedir.db_url, self.coursedir.assignment_id)
        for submission in self.submissions():
            if submission.student in recorder.students:
                if is_graded(self.coursedir, submission, scores):
                    tally.graded.append(submission.student)
                else:
                    tally.failed[submission.student] = "nbgrader couldn't record it"


class Recorder(Autograde):
    """nbgrader's converter, for the given students only."""

    def __init__(self, students, step, **kwargs):
        super().__init__(**kwargs)
        self.students = frozenset(students)
        self.step = step

    def init_notebooks(self):
        """Look for nothing: `nbgrader_plugin.prepare` says what there is to grade."""

    def init_destination(self, assignment_id, student_id):
        self.step()
        return super().init_destination(assignment_id, student_id)


class Here(concurrent.futures.Executor):
    """Runs each job at once, in this thread."""

    def submit(self, function, *args):
        future = concurrent.futures.Future()
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def outcomes(executor, width, jobs):
    """Run jobs on an executor; yield (job, its result or the exception), as they come.

    It is given two for each that it can run at once: so it never waits, and memory doesn't grow with the class.
    """
    running, jobs = {}, iter(jobs)
    try:
        while True:
            while len(running) < 2 * width and (job := next(jobs, None)):
                running[executor.submit(run, job)] = job
            if not running:
                return
            for future in concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED).done:
                error = future.exception()
                if isinstance(error, VersionsDiffer):
                    raise error
                yield running.pop(future), error or future.result()
    finally:
        for future in running:
            future.cancel()


def is_busy():
    """Whether more is running on this machine than it has processors for."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)
