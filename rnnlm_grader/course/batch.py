"""Grades a whole class: examines in parallel, and meanwhile lets nbgrader record, one submission after the other.

A run that was cut off goes on where it stopped when it is started again: what was examined is kept (`results`), and
what was recorded is known by its content (`state`).
"""
import concurrent.futures
import contextlib
import os
from dataclasses import dataclass, field

from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.preprocessors import AssignLatePenalties

from ..refusal import Refusal, Stopped, in_words
from ..sandbox.bubblewrap import SandboxMissing
from .folders import shown, submitted_folders
from .gradebook import GradebookUnusable, is_usable, kept_open, recorded_scores, withdraw_scores
from .job import run
from .lateness import update_penalties
from .nbgrader_plugin import GradeInSandbox, SubmissionExporter, as_assignment
from .state import graded_notebook, is_graded, make_room, read_submissions


@dataclass
class Tally:
    """What a run did."""

    unchanged: list = field(default_factory=list)  # students who were graded already
    graded: list = field(default_factory=list)  # students who are graded now
    failed: dict = field(default_factory=dict)  # student → why there is no mark
    repriced: list = field(default_factory=list)  # students graded already for whom lateness now costs something else
    unread: list = field(default_factory=list)  # students whose work can't be read, which is graded with 0
    examined: int = 0  # submissions that were run; equal ones are run once
    scores: dict = field(default_factory=dict)  # what the gradebook holds now


@contextlib.contextmanager
def no_progress(total):
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
        How many submissions there are → context manager, which yields a function to call for each that is done.
    log : logging.Logger, optional
        Where nbgrader's messages go.
    """

    def __init__(self, coursedir, config, *, students=None, force=False, progress=no_progress, log=None):
        self.coursedir, self.config = coursedir, config
        self.students, self.force = students, force
        self.progress, self.log = progress, log
        self.grading = GradeInSandbox(config=config)
        self.late_rule = AssignLatePenalties(config=config, **({"log": log} if log else {}))
        self.results = self.grading.results(coursedir, coursedir.assignment_id)
        self.fresh = set()  # keys of the results of this run

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
        refusal.Refusal, OSError
            Before anything is kept.
        refusal.Stopped
            Where results can't be written or the gradebook can't be read any more. What was examined is kept.
        """
        self.grading.require(self.coursedir)
        with self.results.locked(), self.progress(len(self.folders())) as step:
            self.tally, self.step = Tally(), step
            scores = {} if self.force else self.scores()
            with kept_open(), contextlib.closing(self.examined(executor or Here(), width, scores)) as examined:
                recorder = Recorder(examined, scores, coursedir=self.coursedir, config=self.config, force=self.force)
                if self.log:
                    recorder.log = self.log
                try:
                    recorder.start()
                    self.look_at(recorder)
                    self.tally.repriced = update_penalties(self.coursedir, self.late_rule, self.tally.unchanged)
                except (OSError, Refusal) as error:
                    if not (self.tally.examined or recorder.done):
                        raise
                    raise Stopped(f"{in_words(error)}." if isinstance(error, OSError) else str(error)) from None
        return self.tally

    def look_at(self, recorder):
        """Look whose marks were recorded."""
        self.tally.scores = self.scores()
        for submission in recorder.done:
            if is_graded(self.coursedir, submission, self.tally.scores):
                self.tally.graded.append(submission.student)
            else:
                why = recorder.failed.get(submission.student, "nbgrader couldn't record it")
                self.tally.failed[submission.student] = why
        self.withdraw_older_marks()

    def withdraw_older_marks(self):
        """Leave nobody, also in nbgrader's own views, the mark of a submission that has been replaced by a new one."""
        without = [student for student in self.tally.failed if student in self.tally.scores
                   and not graded_notebook(self.coursedir, self.coursedir.assignment_id, student).exists()]
        if without:
            with contextlib.suppress(GradebookUnusable):  # they are told of all the same, and the next run tries again
                withdraw_scores(self.coursedir.db_url, self.coursedir.assignment_id, without)

    def folders(self):
        """Whose work is to be graded."""
        there = submitted_folders(self.coursedir, self.coursedir.assignment_id)
        return [student for student in there if self.students is None or student in self.students]

    def scores(self):
        """The marks that the gradebook holds."""
        return recorded_scores(self.coursedir.db_url, self.coursedir.assignment_id)

    def submissions(self):
        """Read the submissions, one at a time: a class may be large."""
        return read_submissions(self.coursedir, self.coursedir.assignment_id, self.grading.job_maker(self.coursedir),
                                self.students)

    def examined(self, executor, width, scores):
        """Examine what isn't graded yet; yield each submission as soon as its result is kept.

        The executor is given two jobs for each that it can run at once: so it never waits, and memory doesn't grow with
        the class.
        """
        running = {}  # future → submission
        waiting = {}  # key → the submissions that wait for its result: equal ones are examined once
        again = []
        try:
            for submission in self.submissions():
                small = submission.small()
                if submission.is_unread:
                    self.tally.unread.append(submission.student)
                if submission.unfit:
                    self.tally.failed[submission.student] = submission.unfit
                    self.step()
                elif is_graded(self.coursedir, submission, scores):
                    self.tally.unchanged.append(submission.student)
                    self.step()
                elif submission.key in waiting:
                    waiting[submission.key].append(small)
                elif self.has_result(submission.key):
                    yield submission
                    self.step()
                else:
                    waiting[submission.key] = []
                    running[submit(executor, submission.job)] = submission
                    while len(running) >= 2 * width:
                        yield from self.collect(running, waiting, again)
            while running:
                yield from self.collect(running, waiting, again)
            for submission in again:
                yield from self.collect({submit(Here(), submission.job): submission}, waiting, None)
        finally:
            for future in running:
                future.cancel()

    def has_result(self, key):
        """Whether there is no need to examine what has that key."""
        return key in self.fresh if self.force else self.results.read(key) is not None

    def collect(self, running, waiting, again):
        """Wait for results, and keep them; yield the submissions that waited for them.

        What deserves another try goes to the list `again`, if there is one.
        """
        for future in concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED).done:
            examined, error = running.pop(future), future.exception()
            if again is not None and deserves_another_try(future):
                again.append(examined)
                continue
            if not error:
                self.results.write(future.result())
                self.fresh.add(examined.key)
                self.tally.examined += 1
            for submission in (examined, *waiting.pop(examined.key)):
                if error:
                    make_room(self.coursedir, submission, {})  # so that nobody takes an older mark for this one
                    self.tally.failed[submission.student] = shown(f"{type(error).__name__}: {error}")
                else:
                    yield submission
                self.step()


def submit(executor, job):
    """Have a job run; return its future, also where the executor takes no more."""
    try:
        return executor.submit(run, job)
    except concurrent.futures.BrokenExecutor as error:
        future = concurrent.futures.Future()
        future.set_exception(error)
        return future


def deserves_another_try(future):
    """Whether a job failed for what may have been the machine: too little time, memory or processes for all at once."""
    error = future.exception()
    if error:
        return isinstance(error, concurrent.futures.BrokenExecutor | OSError | MemoryError | SandboxMissing)
    return future.result()["timed_out"] and is_busy()


class Here(concurrent.futures.Executor):
    """Runs each job at once, in this thread."""

    def submit(self, function, *args):
        future = concurrent.futures.Future()
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def is_busy():
    """Whether more is running on this machine than it has processors for."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


class Exporter(SubmissionExporter):
    """Leaves it to `Batch` to look whether all is there, and what there is to grade."""

    def prepare(self, grading):
        """Look for nothing."""

    def read(self, path):
        """Take what was read, if it was kept."""
        submission = self.parent.submission
        return (submission.handed_in, submission.job) if submission.job else super().read(path)


class Recorder(Autograde):
    """nbgrader's converter, which records submissions as they come, and goes over each notebook only once.

    Parameters
    ----------
    submissions : iterable of state.Submission
    scores : dict
        What the gradebook held before, as `gradebook.recorded_scores` returns it.
    """

    def __init__(self, submissions, scores, **kwargs):
        super().__init__(**kwargs)
        self.exporter_class = Exporter
        self.submissions, self.scores = submissions, scores
        self.done = []  # submissions; whether they were recorded is for others to look
        self.failed = {}  # student → why nbgrader wasn't even asked

    def init_notebooks(self):
        """Look for nothing."""

    def convert_notebooks(self):
        usable = True
        for submission in self.submissions:
            if usable and (reason := make_room(self.coursedir, submission, self.scores)):
                self.failed[submission.student] = reason
            elif usable:
                self.assignments, self.submission = as_assignment(self, submission), submission
                try:
                    super().convert_notebooks()
                except NbGraderException:
                    usable = is_usable(self.coursedir.db_url)  # else each would wait for what the first waited for
            self.done.append(submission.small())

    def convert_single_notebook(self, notebook_filename):
        self._sanitizing = True
        self._init_preprocessors()
        BaseConverter.convert_single_notebook(self, notebook_filename)
