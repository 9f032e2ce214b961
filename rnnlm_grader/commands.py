"""What `rnnlm-grade` does in a course: grades a class, and tells about it."""
import contextlib
import logging
import os
import statistics
import sys
import traceback
from collections import Counter
from pathlib import Path

from nbgrader.apps import NbGrader
from tqdm import tqdm
from traitlets import TraitError

from . import export as exports
from . import pool
from .batch import Batch
from .class_report import write_class_report
from .course import require_known, shown, submitted_folders, unread_line
from .feedback import Feedback
from .forget import Traces, grading_held, places
from .gradebook import GradebookUnusable
from .nbgrader_plugin import GradeInSandbox
from .refusal import Refusal, Stopped, in_words
from .report import BOOK


def grade(options):
    """Grade an assignment; return whether everybody has a mark."""
    require_known(options.assignment)
    coursedir, config = open_course(options)
    if options.sandbox:
        config.GradeInSandbox.sandbox = options.sandbox
    check_students(coursedir, options)
    with configuration_told():
        batch = Batch(coursedir, config, students=options.student, force=options.force, progress=progress_bar,
                      log=quiet_log())
    with open_executor(options) as (executor, width):
        tally = batch.grade(executor, width)
    tell(summary(options.assignment, tally, Feedback(coursedir, options.assignment).stale()))
    return not tally.failed


def report(options):
    """Write a page about the class."""
    require_known(options.assignment)
    coursedir, config = open_course(options)
    with configuration_told():
        configured = GradeInSandbox(config=config).book_url
    book = options.book or (f"{configured.rstrip('/')}/{BOOK}" if configured else None)
    tell(write_class_report(coursedir, options.assignment, options.output, book))


def export(options):
    """Write the marks as a table, also those of an assignment that this grader doesn't grade."""
    coursedir, _ = open_course(options)
    path = options.output or Path(coursedir.root, "reports", f"{options.assignment}-{options.form}.csv")
    tell(exports.export(coursedir, options.assignment, options.form, path, options.student or ()))


def forget(options):
    """Remove what the course holds of a student, once it is confirmed."""
    coursedir, config = open_course(options)
    with configuration_told():
        results, exchange = places(coursedir, config)
    with grading_held(results):
        traces = Traces(coursedir, results, exchange, options.student)
        tell(traces)
        if not options.yes:
            confirm()
        try:
            traces.remove()
        except (OSError, GradebookUnusable) as error:
            raise Stopped(f"{in_words(error)}." if isinstance(error, OSError) else str(error)) from None
    tell(f"All of this was removed. Backups, downloaded/ and what students keep may still hold something of "
         f"{shown(options.student)}.")


def confirm():
    """Ask whether to go on; raise `Refusal` unless the answer is yes."""
    try:
        answer = input("Remove all of this for good? [y/N] ")
    except EOFError:
        raise Refusal("Nobody is there to confirm it. Nothing was removed; add --yes.") from None
    if answer.strip().lower() not in ("y", "yes"):
        raise Refusal("Nothing was removed.")


def tell(text):
    """Print the last word of a command; raise `Stopped` where nothing takes it up any more."""
    try:
        print(text, flush=True)
    except OSError as error:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())  # else Python tries once more at its end, and says so
        raise Stopped(f"{in_words(error)}.") from None


def open_course(options):
    """Return (coursedir, config) of the course, as nbgrader itself reads them from its nbgrader_config.py."""
    root = Path(options.course_dir).resolve()
    if not (root / "nbgrader_config.py").is_file():
        raise Refusal(f"{root} is no course: it has no nbgrader_config.py. Go to the course's folder, or name it "
                      "with --course-dir.")
    NbGrader.clear_instance()
    with contextlib.chdir(root), configuration_told():
        app = NbGrader.instance(raise_config_file_errors=True)
        app.initialize([], root=str(root))
    app.coursedir.assignment_id = options.assignment
    return app.coursedir, app.config


@contextlib.contextmanager
def configuration_told():
    """Raise `Refusal` for whatever is wrong in nbgrader_config.py, a Python program that may fail in any way."""
    try:
        yield
    except TraitError as error:
        raise Refusal(f"The course's configuration can't be used: {shown(error)}") from None
    except SystemExit:
        raise Refusal("The course's configuration can't be used, for the reason above.") from None
    except SyntaxError as error:
        raise Refusal(f"{error.filename} can't be read: {error.msg}, in line {error.lineno}.") from None
    except Exception as error:
        places = [(name, line) for name, line, *_ in traceback.extract_tb(error.__traceback__)
                  if name.endswith("_config.py")]
        name, line = places[-1] if places else ("nbgrader_config.py", "?")
        raise Refusal(f"{name} can't be read: {type(error).__name__} in line {line}: {shown(error)}.") from None


def check_students(coursedir, options):
    """Raise `Refusal` unless there is something to grade."""
    there = submitted_folders(coursedir, options.assignment)
    unknown = set(options.student or ()) - set(there)
    if unknown:
        raise Refusal(f"Nothing was handed in for {options.assignment} by {', '.join(map(shown, sorted(unknown)))}.")
    if not there:
        place = coursedir.format_path(coursedir.submitted_directory, "STUDENT", options.assignment)
        raise Refusal(f"Nothing was handed in. It should be in {place}.")


@contextlib.contextmanager
def open_executor(options):
    """Yield (executor, how many it runs at once): processes here, or a Dask cluster's workers; None to do without."""
    if options.jobs < 1:
        raise Refusal("--jobs must be at least 1.")
    if not options.scheduler:
        with contextlib.nullcontext() if options.jobs == 1 else pool.examiners(options.jobs) as executor:
            yield executor, options.jobs
        return
    try:
        from distributed import Client
    except ImportError:
        raise Refusal("--scheduler needs Dask. Install it with: pip install 'distributed'") from None
    try:
        client = Client(options.scheduler, timeout=5)
    except (OSError, ValueError) as error:
        raise Refusal(f"No Dask scheduler answers at {options.scheduler}: {error}") from None
    with client, client.get_executor(pure=False) as executor:
        threads = sum(client.nthreads().values())
        if not threads:
            raise Refusal(f"The scheduler {options.scheduler} has no workers.")
        yield executor, threads


@contextlib.contextmanager
def progress_bar(total):
    """Show progress on standard error, if that is a terminal."""
    with tqdm(total=total, desc="grade", unit="", disable=None if total else True) as bar:
        yield bar.update


def quiet_log():
    """A log that lets through what nbgrader says of errors only."""
    log = logging.Logger("nbgrader", logging.ERROR)
    log.addHandler(logging.StreamHandler())
    log.addFilter(lambda record: record.getMessage() != "Canceled")  # what `cli` says of an interrupt is enough
    return log


def summary(assignment, tally, stale):
    """Lay out what was done, the marks, and whose feedback is stale."""
    marks = sorted(sum(parts.values()) for student, parts in tally.scores.items() if student not in tally.failed)
    lines = [f"{assignment}: {len(tally.graded)} graded, {len(tally.unchanged)} unchanged, "
             f"{len(tally.failed)} failed ({tally.examined} examined)"]
    if tally.repriced:
        lines.append(f"late penalties changed: {len(tally.repriced)}")
    if marks:
        middle = statistics.median(marks)
        lines.append(f"{len(marks)} marks: lowest {marks[0]:g}, median {middle:g}, highest {marks[-1]:g}")
    for reason, count in Counter(tally.failed.values()).most_common():
        who = sorted(shown(student) for student, why in tally.failed.items() if why == reason)
        lines.append(f"no mark for {', '.join(who[:10])}{' ...' if count > 10 else ''}: {reason}")
    if tally.unread:
        lines.append(unread_line(tally.unread))
    if stale:
        lines.append(f"feedback of {len(stale)} student{'s' if len(stale) > 1 else ''} is older than their marks. "
                     f"Run: nbgrader generate_feedback {assignment}")
    return "\n".join(lines)
