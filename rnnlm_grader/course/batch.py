"""Grades a whole class: examines in parallel, and meanwhile records, one submission after the other.

A run that was cut off goes on where it stopped when it is started again: what was examined is kept (`results`), and
what was recorded is known by its content (`recorder`).
"""

import concurrent.futures
import contextlib
import logging
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from tqdm import tqdm
from traitlets.config import Config

from ..refusal import Refusal, Stopped, in_words
from ..sandbox.choice import SandboxMissing
from .folders import graded_folder, remove, submitted_folders, unfit
from .freezing import require_thawed
from .gradebook import marks_in, nothing_kept, open_gradebook, recorded_scores, require_writable, withdraw_scores
from .handed_in import Submission, read_submissions
from .job import Job, Result, run
from .lateness import late_rule, update_penalties
from .messages import one_line
from .recorder import Recorder, is_graded
from .results import RESULTS, Results
from .settings import GradeInSandbox


@dataclass
class Tally:
    """What a run did."""

    unchanged: list[str] = field(default_factory=list)  # students who were graded already
    graded: list[str] = field(default_factory=list)  # students who are graded now
    failed: dict[str, str] = field(default_factory=dict)  # student → why there is no mark
    repriced: list[str] = field(default_factory=list)  # students graded already whose lateness now costs something else
    unread: list[str] = field(default_factory=list)  # students whose work can't be read, which is graded with 0
    unfinished: list[str] = field(default_factory=list)  # students whose mark isn't final, and who are examined again
    examined: int = 0  # submissions that were run; equal ones are run once
    changed: dict[str, tuple[float, float | None]] = field(default_factory=dict)  # student → (before, now)
    moved: dict[str, dict[str, int]] = field(default_factory=dict)  # criterion → student → difference, of the same work


class Batch:
    """One run over the assignment of a course, for all students or for some; `force` also grades anew what is graded.

    A `dry` run records nothing: it examines, keeps what was found, and tells what a run would change. What nbgrader
    logs goes to `log`; without one, progress is shown on standard error, if that is a terminal.
    """

    def __init__(
        self,
        coursedir: CourseDirectory,
        config: Config,
        *,
        students: Collection[str] | None = None,
        force: bool = False,
        dry: bool = False,
        log: logging.Logger | None = None,
    ) -> None:
        self.coursedir, self.assignment = coursedir, coursedir.assignment_id
        self.students, self.force, self.dry, self.is_logged = students, force, dry, log is not None
        self.converter = Autograde(coursedir=coursedir, config=config, log=log or logging.Logger("", logging.ERROR))
        self.settings = GradeInSandbox(config=config)
        self.late_rule = late_rule(self.assignment, config)
        self.results = Results(Path(coursedir.root, RESULTS, self.assignment))

    def grade(self, executor: Executor | None = None, width: int = 1) -> Tally:
        """Grade what isn't graded yet, on an executor that runs so many jobs at once, or here; return a `Tally`.

        Raise a `Refusal` or an OSError before anything is kept, and `Stopped` where results can't be written or the
        gradebook can't be used any more; what was examined is kept.
        """
        require_thawed(self.coursedir)
        self.settings.require(self.coursedir, dry=self.dry)
        tally, folders = Tally(), {}
        for student, folder in submitted_folders(self.coursedir).items():
            if self.students is None or student in self.students:
                if why := unfit(student, folder):
                    tally.failed[student] = why
                else:
                    folders[student] = folder
        progress = tqdm(total=len(folders), desc="grade", unit="", disable=True if self.is_logged else None)
        try:
            with self.results.locked(), open_gradebook(self.coursedir) as gradebook, progress:
                before = marks_in(gradebook, self.assignment, self.students)
                work = Run(self, gradebook, tally, progress)
                for job, result in run_jobs(work.jobs(folders), executor or Here(), width):
                    work.keep(job, result)
                with nothing_kept(gradebook) if self.dry else contextlib.nullcontext():
                    work.record_held()
                    tally.repriced = update_penalties(gradebook, self.assignment, self.late_rule, tally.unchanged)
                    now = marks_in(gradebook, self.assignment, self.students)
                tally.moved = work.recorder.moved
                tally.changed = {
                    student: (mark, now.get(student)) for student, mark in before.items() if now.get(student) != mark
                }
        except (OSError, Refusal) as error:
            if not (tally.examined or tally.graded):
                raise
            raise Stopped(in_words(error)) from None
        return tally


class Run:
    """A batch at work, with the gradebook open; `tally` counts what it does."""

    def __init__(self, batch: Batch, gradebook: Gradebook, tally: Tally, progress: tqdm) -> None:
        self.batch, self.gradebook, self.tally, self.progress = batch, gradebook, tally, progress
        self.recorder = Recorder(batch.converter, batch.settings, batch.late_rule, gradebook)
        self.waiting: dict[str, list[Submission]] = {}  # key of a job → those that wait: equal ones are examined once
        self.fresh: set[str] = set()  # keys of the results of this run
        self.held: list[tuple[Submission, Result]] = []  # what a dry run would record

    def jobs(self, folders: Mapping[str, Path]) -> Iterator[Job]:
        """Yield a job for each submission that must be examined; settle the others at once."""
        batch = self.batch
        scores = {} if batch.force else recorded_scores(self.gradebook, batch.assignment, batch.students)
        for submission in read_submissions(batch.coursedir, batch.settings, folders):
            job = submission.job
            if is_graded(batch.coursedir, submission, scores, batch.settings.strict):
                self.settle(submission)
            elif job.key in self.waiting:
                self.waiting[job.key].append(submission)
            elif (job.key in self.fresh or not batch.force) and (result := batch.results.read(job.key)):
                self.settle(submission, result)
            else:
                self.waiting[job.key] = [submission]
                yield job

    def keep(self, job: Job, result: Result | Exception) -> None:
        """Keep what a job found, or the exception that it raised, and settle the submissions that waited for it."""
        if not isinstance(result, Exception):
            self.tally.examined += 1
            if result["is_final"]:
                self.batch.results.write(result)
                self.fresh.add(job.key)
        for submission in self.waiting.pop(job.key):
            self.settle(submission, result)

    def settle(self, submission: Submission, result: Result | Exception | None = None) -> None:
        """Record a submission, unless it is graded already or couldn't be examined."""
        if submission.is_unread:
            self.tally.unread.append(submission.student)
        if result is None:
            self.tally.unchanged.append(submission.student)
        elif isinstance(result, Exception):
            self.fail(submission.student, result)
        else:
            self.record(submission, result)
        self.progress.update()

    def record(self, submission: Submission, result: Result) -> None:
        """Record a submission; raise `Refusal` where it is the gradebook that fails, as it would for all others."""
        try:
            if self.batch.dry:
                self.held.append((submission, result))
            else:
                self.recorder.record(submission, result)
            self.tally.graded.append(submission.student)
            if not result["is_final"]:
                self.tally.unfinished.append(submission.student)
        except Refusal:
            raise
        except Exception as error:
            self.gradebook.db.rollback()
            require_writable(self.gradebook)
            self.fail(submission.student, error)

    def record_held(self) -> None:
        """Enter the marks that a dry run held back."""
        for submission, result in self.held:
            self.recorder.save_marks(submission, result, self.recorder.last_record(submission.student))

    def fail(self, student: str, error: Exception) -> None:
        """Leave a student without a mark, and not with that of an earlier submission."""
        self.tally.failed[student] = one_line(f"{type(error).__name__}: {in_words(error)}")
        if self.batch.dry:
            return
        with contextlib.suppress(OSError):
            remove(graded_folder(self.batch.coursedir, student))
        withdraw_scores(self.gradebook, self.batch.assignment, student)


def run_jobs(jobs: Iterable[Job], executor: Executor, width: int) -> Iterator[tuple[Job, Result | Exception]]:
    """Run jobs; yield each with its result, or with the exception that it raised.

    The executor is given two for each that it can run at once: so it never waits, and memory doesn't grow with the
    class.
    """
    running: dict[Future[Result], Job] = {}
    again: list[Job] = []  # that deserve another try
    for job in jobs:
        try:
            running[executor.submit(run, job)] = job
        except concurrent.futures.BrokenExecutor:
            again.append(job)
        while len(running) >= 2 * width:
            yield from finished(running, again)
    while running:
        yield from finished(running, again)
    for job in again:
        yield job, outcome(Here().submit(run, job))


def finished(running: dict[Future[Result], Job], again: list[Job]) -> Iterator[tuple[Job, Result | Exception]]:
    """Wait for a job to finish; yield those that have. What deserves another try goes to the list `again`.

    Raise a `Refusal` where a cluster has dropped its jobs, once those that it finished have been yielded.
    """
    done = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED).done
    for future in sorted(done, key=Future.cancelled):
        job = running.pop(future)
        if future.cancelled():  # not by us
            raise Refusal("The scheduler of the cluster was lost.")
        if deserves_another_try(future):
            again.append(job)
        else:
            yield job, outcome(future)


def outcome(future: Future[Result]) -> Result | Exception:
    error = future.exception()
    return error if isinstance(error, Exception) else future.result()


def deserves_another_try(future: Future[Result]) -> bool:
    """Whether a job failed for what may have been the machine: too little time, memory or processes for all at once."""
    error = future.exception()
    if error:
        return isinstance(error, concurrent.futures.BrokenExecutor | OSError | MemoryError | SandboxMissing)
    return not future.result()["is_final"] and is_busy()


def is_busy() -> bool:
    """Whether more wants to run on this machine than can run at once."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


class Here(Executor):
    """Runs each job at once, in this thread."""

    def submit(self, function: Callable, *args: Any) -> Future:  # type: ignore[override]
        future: Future = Future()
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future
