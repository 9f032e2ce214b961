"""The command `rnnlm-grade`: reads what is asked, and has it done by `commands`, which take a second to load."""

import argparse
import importlib.metadata
import io
import os
import sys
from collections.abc import Callable, Sequence

from ..content import ASSIGNMENTS
from ..refusal import PUT_RIGHT, Refusal, Stopped, in_words
from . import pool

USAGE = """usage: rnnlm-grade ASSIGNMENT [options]          grade what was handed in and isn't graded yet
       rnnlm-grade watch [ASSIGNMENT ...]        collect and grade what arrives, until it is stopped
       rnnlm-grade report ASSIGNMENT [options]   write a page about the class, or list one student's criteria
       rnnlm-grade overview [options]            write a page and a table about the whole course
       rnnlm-grade export ASSIGNMENT [options]   write the marks as a table
       rnnlm-grade export --all [options]        write those of all assignments
       rnnlm-grade feedback ASSIGNMENT [options] pack the feedback pages for Canvas or Moodle
       rnnlm-grade freeze ASSIGNMENT             keep its marks as they are, until: rnnlm-grade thaw ASSIGNMENT
       rnnlm-grade forget STUDENT [options]      remove what the course holds of a student
       rnnlm-grade --version                     print the version of the course's code

rnnlm-grade COMMAND --help says more. Run it in the folder of the course."""
DONE, SOME_FAILED, UNUSED = 0, 1, 2  # exit codes
FORMS = ("csv", "canvas", "moodle")
OF_ALL = ("overview", "forget", "watch")  # the commands that are about all assignments
SETTING = "--GradeInSandbox."


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0 done, 1 somebody has no mark, 2 nothing was done, 130 interrupted."""
    argv = sys.argv[1:] if argv is None else argv
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace", line_buffering=True)  # a folder may have any name
    if not argv or argv[0] in ("-h", "--help"):
        print(USAGE)
        return DONE if argv else UNUSED
    if argv == ["--version"]:
        print(f"rnnlm-grade {importlib.metadata.version('rnnlm-course')}")
        return DONE
    command, *argv = argv if argv[0] in OPTIONS else ("grade", *argv)
    so_far = "Not all was removed" if command == "forget" else "What was examined is kept"
    try:
        options = read_options(command, argv)
        if command == "grade" and options.jobs > 1 and not options.scheduler:
            pool.get_ready()  # loads meanwhile what is needed to examine side by side
        # jsonschema compiles a grammar of web addresses, for 0.7 seconds, if it can. No notebook's schema needs it.
        sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # "there is no such module"
        from . import commands  # which takes a second, so --help doesn't wait for it

        is_done = getattr(commands, command)(options)
        return SOME_FAILED if is_done is False else DONE
    except Refusal as reason:
        return say(reason, UNUSED)
    except BrokenPipeError:  # as of `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return say(f"What reads the summary has gone. {so_far}.", SOME_FAILED)
    except OSError as error:
        return say(f"{in_words(error)} Nothing was done; {PUT_RIGHT}", UNUSED)
    except Stopped as reason:
        return say(f"{reason} {so_far}; {PUT_RIGHT}", SOME_FAILED)
    except KeyboardInterrupt:
        return say(f"Interrupted. {so_far}; run the same command again to go on.", 130)


def say(text: object, code: int) -> int:
    """Say in one line why a run ended; return its exit code."""
    print(f"rnnlm-grade: {text}", file=sys.stderr)
    return code


def read_options(command: str, argv: Sequence[str]) -> argparse.Namespace:
    """Return what a command is asked for."""
    description, add_options = OPTIONS[command]
    parser = argparse.ArgumentParser(prog=f"rnnlm-grade {command}".removesuffix(" grade"), description=description)
    if command not in OF_ALL:
        parser.add_argument(
            "assignment",
            metavar="ASSIGNMENT",
            help=f"one of {', '.join(ASSIGNMENTS)}",
            nargs="?" if command == "export" else None,
        )
    add_options(parser.add_argument)
    parser.add_argument("--course-dir", metavar="FOLDER", default=".", help="the course (default: this folder)")
    parser.epilog = f"Any setting of the course may be given too, as to nbgrader: {SETTING}NAME=VALUE."
    options, settings = parser.parse_known_args(argv)
    options.settings = settings
    unknown = [word for word in settings if not word.startswith(SETTING)]
    if unknown and command == "grade" and options.assignment not in ASSIGNMENTS:
        commands = ", ".join(name for name in OPTIONS if name != "grade")
        parser.error(f"{options.assignment} is neither an assignment nor a command. The commands are {commands}")
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if command == "export" and options.all == bool(options.assignment):
        parser.error("name an assignment, or add --all")
    if command == "export" and options.all and options.form != "csv" and options.output:
        parser.error("--all writes a table for each assignment, so --output can't name them")
    return options


def grade_options(add: Callable) -> None:
    add("--student", action="append", metavar="ID", help="only this one; may be given more than once")
    add(
        "--jobs",
        type=int,
        default=len(os.sched_getaffinity(0)),
        metavar="N",
        help="how many to examine at once (default: %(default)s, the number of processors)",
    )
    add("--scheduler", metavar="ADDRESS", help="examine on the workers of this Dask scheduler")
    add(
        "--sandbox",
        choices=("auto", "bwrap", "podman", "none"),
        help="how to isolate students' code: auto is bubblewrap where it can start, else podman; none only where every "
        "submission is trusted (default: as configured, else auto)",
    )
    add("--force", action="store_true", help="examine and record also what is graded already")
    add("--dry-run", action="store_true", help="record nothing; say whose marks a run would change, and by how much")


def watch_options(add: Callable) -> None:
    add("names", nargs="*", metavar="ASSIGNMENT", help="only these; default: all that the gradebook knows")
    add(
        "--feedback",
        choices=("due", "now"),
        help="give feedback at once: due, for work that is graded after the due date; now, always (default: never)",
    )
    add(
        "--practice",
        action="store_true",
        help="before the due date, answer with what the notebook's checks say, without marks, and grade after it",
    )
    add("--every", type=float, default=30, metavar="SECONDS", help="how often to look (default: %(default)s)")
    add("--once", action="store_true", help="look once and end, for a timer of the system")


def report_options(add: Callable) -> None:
    add("--output", metavar="FILE", help="default: reports/ASSIGNMENT.html in the course")
    add("--student", metavar="ID", help="print instead what became of each criterion of this one")


def overview_options(add: Callable) -> None:
    add("--output", metavar="FILE", help="default: reports/overview.html in the course; the table lies beside it")


def export_options(add: Callable) -> None:
    add("--all", action="store_true", help="all assignments: with csv a row for each student, else a table for each")
    add(
        "--form",
        choices=FORMS,
        default="csv",
        help="csv: every criterion; canvas, moodle: what these import (default: %(default)s)",
    )
    add("--output", metavar="FILE", help="default: reports/ASSIGNMENT.csv, or ASSIGNMENT-FORM.csv, in the course")
    add("--student", action="append", metavar="ID", help="only this one; may be given more than once")


def feedback_options(add: Callable) -> None:
    add("--output", metavar="FILE", help="default: reports/ASSIGNMENT-feedback.zip in the course")


def no_options(add: Callable) -> None:
    """Add none."""


def forget_options(add: Callable) -> None:
    add("student", metavar="STUDENT", help="the student's id")
    add("--yes", action="store_true", help="don't ask")


OPTIONS = {
    "grade": ("Grade what was handed in and isn't graded yet, in parallel.", grade_options),
    "watch": (
        "Collect from nbgrader's exchange and grade what arrives there, one submission at a time, at low "
        "priority, until it is stopped. Frozen assignments are left alone.",
        watch_options,
    ),
    "report": (
        "Write a page about the class: marks, most common misconceptions, criteria that most fail, and work "
        "that somebody should look at.",
        report_options,
    ),
    "overview": (
        "Write a page and a table about the whole course: all marks, who falls behind, mistakes that came "
        "back, and what to explain again.",
        overview_options,
    ),
    "export": ("Write the marks as a table.", export_options),
    "feedback": (
        "Pack the feedback pages in a zip as Canvas or Moodle take it, named as in their download.",
        feedback_options,
    ),
    "freeze": (
        "Keep the marks of a closed assignment as they are: nothing of it is graded until it is thawed.",
        no_options,
    ),
    "thaw": ("Let a frozen assignment be graded again.", no_options),
    "forget": (
        "Remove for good what the course, its gradebook and its part of the exchange hold of a student.",
        forget_options,
    ),
}

if __name__ == "__main__":
    sys.exit(main())
