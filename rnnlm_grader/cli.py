"""The command `rnnlm-grade`: grades a class, and tells about it."""
import argparse
import contextlib
import logging
import os
import statistics
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbgrader.apps import NbGrader
from tqdm import tqdm

from .assignments import ASSIGNMENTS
from .batch import Batch
from .class_report import write_class_report
from .course import submitted_folders
from .export import FORMS, export
from .gradebook import recorded_scores
from .job import VersionsDiffer
from .marks import UnknownAssignment
from .nbgrader_plugin import UNUSABLE, GradeInSandbox
from .report import BOOK
from .results import Busy

USAGE = """usage: rnnlm-grade ASSIGNMENT [options]          grade what was handed in and isn't graded yet
       rnnlm-grade report ASSIGNMENT [options]   write a page about the class
       rnnlm-grade export ASSIGNMENT [options]   write the marks as a table

rnnlm-grade COMMAND --help says more. Run it in the folder of the course."""
DONE, SOME_FAILED, UNUSED = 0, 1, 2  # exit codes


def main(argv=None):
    """Run the command; return its exit code: 0 done, 1 somebody has no mark, 2 nothing was done, 130 interrupted."""
    argv = sys.argv[1:] if argv is None else argv
    if not argv or argv[0] in ("-h", "--help"):
        print(USAGE)
        return DONE if argv else UNUSED
    command, rest = (COMMANDS[argv[0]], argv[1:]) if argv[0] in COMMANDS else (grade, argv)
    try:
        return command(rest)
    except (*UNUSABLE, Busy, VersionsDiffer, UnknownAssignment, Unusable) as reason:
        return say(reason, UNUSED)
    except OSError as error:
        return say(f"{error.strerror or error}: {error.filename or ''}. What was examined is kept; put it right and "
                   "run the same command again.", SOME_FAILED)
    except KeyboardInterrupt:
        return say("Interrupted. What was examined is kept; run the same command again to go on.", 130)


class Unusable(Exception):
    """What the command was asked can't be done."""


def say(text, code):
    print(f"rnnlm-grade: {text}", file=sys.stderr)
    return code


def new_parser(command, description):
    """A parser of what all commands share."""
    parser = argparse.ArgumentParser(prog=command, description=description)
    parser.add_argument("assignment", metavar="ASSIGNMENT", help=f"one of {', '.join(ASSIGNMENTS)}")
    parser.add_argument("--course-dir", metavar="FOLDER", default=".", help="the course (default: this folder)")
    return parser


def open_course(options):
    """Return (coursedir, config) of the course, as nbgrader itself reads them from its nbgrader_config.py."""
    root = Path(options.course_dir).resolve()
    if options.assignment not in ASSIGNMENTS:
        raise Unusable(f"There is no assignment {options.assignment}. There are: {', '.join(ASSIGNMENTS)}.")
    if not (root / "nbgrader_config.py").is_file():
        raise Unusable(f"{root} is no course: it has no nbgrader_config.py. Go to the course's folder, or name it "
                       "with --course-dir.")
    NbGrader.clear_instance()
    app = NbGrader.instance()
    with contextlib.chdir(root):
        app.initialize([], root=str(root))
    app.coursedir.assignment_id = options.assignment
    return app.coursedir, app.config


def grade(argv):
    """Grade an assignment."""
    parser = new_parser("rnnlm-grade", "Grade what was handed in and isn't graded yet, in parallel.")
    parser.add_argument("--student", action="append", metavar="ID", help="only this one; may be given more than once")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N",
                        help="how many to examine at once (default: %(default)s, the number of processors)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="examine on the workers of this Dask scheduler")
    parser.add_argument("--sandbox", choices=("auto", "bwrap", "podman", "none"),
                        help="how to isolate students' code: auto is bubblewrap where it can start, else podman; none "
                             "only where every submission is trusted (default: as configured, else auto)")
    parser.add_argument("--force", action="store_true", help="examine and record also what is graded already")
    options = parser.parse_args(argv)
    coursedir, config = open_course(options)
    if options.sandbox:
        config.GradeInSandbox.sandbox = options.sandbox
    check_students(coursedir, options)
    batch = Batch(coursedir, config, students=options.student, force=options.force, progress=progress_bar,
                  log=quiet_log())
    with open_executor(options) as (executor, width):
        tally = batch.grade(executor, width)
    print(summary(coursedir, tally))
    return SOME_FAILED if tally.failed else DONE


def check_students(coursedir, options):
    """Raise `Unusable` unless there is something to grade."""
    there = submitted_folders(coursedir, options.assignment)
    unknown = set(options.student or ()) - set(there)
    if unknown:
        raise Unusable(f"Nothing was handed in for {options.assignment} by {', '.join(sorted(unknown))}.")
    if not there:
        place = coursedir.format_path(coursedir.submitted_directory, "STUDENT", options.assignment)
        raise Unusable(f"Nothing was handed in. It should be in {place}.")


@contextlib.contextmanager
def open_executor(options):
    """Yield (executor, how many it runs at once): threads here, or a Dask cluster's workers."""
    if options.jobs < 1:
        raise Unusable("--jobs must be at least 1.")
    if not options.scheduler:
        with ThreadPoolExecutor(options.jobs) as executor:
            yield executor, options.jobs
        return
    try:
        from distributed import Client
    except ImportError:
        raise Unusable("--scheduler needs Dask. Install it with: pip install 'distributed'") from None
    try:
        client = Client(options.scheduler, timeout=5)
    except (OSError, ValueError) as error:
        raise Unusable(f"No Dask scheduler answers at {options.scheduler}: {error}") from None
    with client, client.get_executor(pure=False) as executor:
        threads = sum(client.nthreads().values())
        if not threads:
            raise Unusable(f"The scheduler {options.scheduler} has no workers.")
        yield executor, threads


@contextlib.contextmanager
def progress_bar(what, total):
    """Show progress on standard error, if that is a terminal."""
    with tqdm(total=total, desc=f"{what:8}", unit="", disable=None if total else True) as bar:
        yield bar.update


def quiet_log():
    """A log that lets through what nbgrader says of errors only."""
    log = logging.Logger("nbgrader", logging.ERROR)
    log.addHandler(logging.StreamHandler())
    return log


def summary(coursedir, tally):
    """Lay out what was done, and the marks."""
    scores = recorded_scores(coursedir.db_url, coursedir.assignment_id)
    marks = sorted(sum(parts.values()) for parts in scores.values())
    lines = [f"{coursedir.assignment_id}: {len(tally.graded)} graded, {len(tally.unchanged)} unchanged, "
             f"{len(tally.failed)} failed ({tally.examined} examined)"]
    if marks:
        middle = statistics.median(marks)
        lines.append(f"{len(marks)} marks: lowest {marks[0]:g}, median {middle:g}, highest {marks[-1]:g}")
    for reason, count in Counter(tally.failed.values()).most_common():
        who = sorted(student for student, why in tally.failed.items() if why == reason)
        lines.append(f"no mark for {', '.join(who[:10])}{' ...' if count > 10 else ''}: {reason}")
    return "\n".join(lines)


def report(argv):
    """Write a page about the class."""
    parser = new_parser("rnnlm-grade report", "Write a page about the class: marks, most common misconceptions, "
                        "criteria that most fail, and work that somebody should look at.")
    parser.add_argument("--output", metavar="FILE", help="default: reports/ASSIGNMENT.html in the course")
    parser.add_argument("--book", metavar="URL", help="where the chapters are, for links (default: as configured, else "
                        "those in _build/html)")
    options = parser.parse_args(argv)
    coursedir, config = open_course(options)
    configured = GradeInSandbox(config=config).book_url
    book = options.book or (f"{configured.rstrip('/')}/{BOOK}" if configured else None)
    print(write_class_report(coursedir, options.assignment, options.output, book))
    return DONE


def export_marks(argv):
    """Write the marks as a table."""
    parser = new_parser("rnnlm-grade export", "Write the marks as a table.")
    parser.add_argument("--form", choices=tuple(FORMS), default="csv",
                        help="csv: every criterion; canvas, moodle: what these import (default: %(default)s)")
    parser.add_argument("--output", metavar="FILE", help="default: reports/ASSIGNMENT-FORM.csv in the course")
    parser.add_argument("--student", action="append", metavar="ID", help="only this one; may be given more than once")
    options = parser.parse_args(argv)
    coursedir, _ = open_course(options)
    path = options.output or Path(coursedir.root, "reports", f"{options.assignment}-{options.form}.csv")
    print(export(coursedir, options.assignment, options.form, path, options.student or ()))
    return DONE


COMMANDS = {"report": report, "export": export_marks}


if __name__ == "__main__":
    sys.exit(main())
