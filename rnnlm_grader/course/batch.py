"""Grades a whole class: examines in parallel, and meanwhile lets nbgrader record, one submission after the other.

A run that was cut off goes on where it stopped when it is started again: what was examined is kept (`results`), and
what was recorded is known by its content (`state`).
"""
import concurrent.futures
import contextlib
import logging
import os
from dataclasses import dataclass, field

from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_notebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from tqdm import tqdm

from ..refusal import Refusal, Stopped, in_words
from ..sandbox.bubblewrap import SandboxMissing
from .folders import read_source, read_timestamp, shown, submitted_folders, time_of
from .gradebook import is_usable, kept_open, recorded_scores, withdraw_scores
from .job import run
from .lateness import late_rule, update_penalties
from .preprocessors import GradeInSandbox
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


@contextlib.contextmanager
def no_progress(total):
    """Show nothing."""
    yield lambda: None


@contextlib.contextmanager
def progress_bar(total):
    """Show progress on standard error, if that is a terminal."""
    with tqdm(total=total, desc="grade", unit="", disable=None) as bar:
        yield bar.update


class Batch:
    """One run over the assignment of a course, for all students or for some; `force` also grades anew what is graded.

    `progress` takes their number, and returns a context manager with the function to call for each that is done;
    nbgrader's messages go to `log`.
    """

    def __init__(self, coursedir, config, *, students=None, force=False, progress=no_progress, log=None):
        self.coursedir, self.config = coursedir, config
        self.students, self.force, self.progress, self.log = students, force, progress, log or quiet_log()
        self.grading = GradeInSandbox(config=config)
        self.late_rule = late_rule(coursedir.assignment_id, config=config)
        self.results = self.grading.results(coursedir)
        self.fresh = set()  # keys of the results of this run

    def grade(self, executor=None, width=1):
        """Grade what isn't graded yet, on an executor that runs so many jobs at once, or here; return a `Tally`.

        Raise a `Refusal` or an OSError before anything is kept, and `Stopped` where results can't be written or the
        gradebook can't be read any more; what was examined is kept.
        """
        self.grading.require(self.coursedir)
        there = submitted_folders(self.coursedir, self.coursedir.assignment_id).keys()
        total = len(there if self.students is None else there & self.students)
        self.tally = Tally()
        with self.results.locked(), kept_open(), self.progress(total) as self.step:
            scores = {} if self.force else self.scores()
            with contextlib.closing(self.examined(executor or Here(), width, scores)) as examined:
                recorder = Recorder(examined, scores, coursedir=self.coursedir, config=self.config, force=self.force,
                                    log=self.log)
                try:
                    recorder.start()
                    self.look_at(recorder)
                    self.tally.repriced = update_penalties(self.coursedir, self.late_rule, self.tally.unchanged)
                except (OSError, Refusal) as error:
                    if not (self.tally.examined or recorder.done):
                        raise
                    raise Stopped(in_words(error)) from None
        return self.tally

    def look_at(self, recorder):
        """Look whose marks were recorded; leave nobody the mark of a submission that was replaced by a new one."""
        scores = self.scores()
        for submission in recorder.done:
            if is_graded(self.coursedir, submission, scores):
                self.tally.graded.append(submission.student)
            else:
                why = recorder.failed.get(submission.student, "nbgrader couldn't record it")
                self.tally.failed[submission.student] = why
        older = [student for student in self.tally.failed if student in scores
                 and not graded_notebook(self.coursedir, self.coursedir.assignment_id, student).exists()]
        if older:
            with contextlib.suppress(Refusal):  # they are told of all the same, and the next run tries again
                withdraw_scores(self.coursedir, older)

    def scores(self):
        """The marks that the gradebook holds."""
        return recorded_scores(self.coursedir.db_url, self.coursedir.assignment_id)

    def examined(self, executor, width, scores):
        """Examine what isn't graded yet; yield each submission as soon as its result is kept.

        The executor is given two jobs for each that it can run at once: so it never waits, and memory doesn't grow with
        the class.
        """
        running = {}  # future → submission
        waiting = {}  # key → the submissions that wait for its result: equal ones are examined once
        again = []
        try:
            for submission in read_submissions(self.coursedir, self.coursedir.assignment_id,
                                               self.grading.job_maker(self.coursedir), self.students):
                if submission.is_unread:
                    self.tally.unread.append(submission.student)
                if submission.unfit:
                    self.tally.failed[submission.student] = submission.unfit
                    self.step()
                elif is_graded(self.coursedir, submission, scores):
                    self.tally.unchanged.append(submission.student)
                    self.step()
                elif submission.key in waiting:
                    waiting[submission.key].append(submission.without("job"))
                elif submission.key in self.fresh or (not self.force and self.results.read(submission.key)):
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


def quiet_log():
    """Make a log that lets through what nbgrader says of errors only."""
    log = logging.Logger("nbgrader", logging.ERROR)
    log.addHandler(logging.StreamHandler())
    log.addFilter(lambda record: record.getMessage() != "Canceled")  # what `cli` says of an interrupt is enough
    return log


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
    return future.result()["timed_out"] and os.getloadavg()[0] > (os.cpu_count() or 1)


class Here(concurrent.futures.Executor):
    """Runs each job at once, in this thread."""

    def submit(self, function, *args):
        future = concurrent.futures.Future()
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future


class Exporter(NotebookExporter):
    """Leads each submission to `Rebuild`, without reading its file again."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.source = read_source(self.parent.coursedir, self.parent.coursedir.assignment_id)

    def from_filename(self, filename, resources=None, **kwargs):
        resources |= {"source": self.source, "submission": self.parent.submission}
        return self.from_notebook_node(new_notebook(), resources, **kwargs)


class Recorder(Autograde):
    """nbgrader's converter, which records submissions as they come, and goes over each notebook only once.

    `scores` is what the gradebook held before, as `recorded_scores` returns it.
    """

    def __init__(self, submissions, scores, **kwargs):
        super().__init__(**kwargs)
        self.exporter_class = Exporter
        self.submissions, self.scores = submissions, scores
        self.done = []  # submissions; whether they were recorded is for others to look
        self.failed = {}  # student → why nbgrader wasn't even asked
        # Nothing is copied from a student's folder: a link that was left there would be followed. And where a timestamp
        # is bad, nbgrader's own function stops.
        self.coursedir.ignore = ["*"]
        self.coursedir.get_existing_timestamp = lambda folder: time_of(read_timestamp(folder))

    def init_notebooks(self):
        """Look for nothing."""

    def convert_notebooks(self):
        usable = True
        for submission in self.submissions:
            if usable and (reason := make_room(self.coursedir, submission, self.scores)):
                self.failed[submission.student] = reason
            elif usable:
                self.submission = submission.without("job")
                self.assignments = {self._format_source(submission.assignment, submission.student): [
                    str(submission.path)]}
                try:
                    super().convert_notebooks()
                except NbGraderException:
                    usable = is_usable(self.coursedir.db_url)  # else each would wait for what the first waited for
            self.done.append(submission.without("job", "answers"))

    def convert_single_notebook(self, notebook_filename):
        self._init_preprocessors()
        BaseConverter.convert_single_notebook(self, notebook_filename)
