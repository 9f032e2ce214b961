"""The command `rnnlm-grade`: reads what is asked, and has it done by `commands`, which take a second to load."""
import argparse
import contextlib
import gc
import importlib
import sys

from ..criteria import ASSIGNMENTS
from ..refusal import PUT_RIGHT, Refusal, Stopped, in_words
from . import pool

USAGE = """usage: rnnlm-grade ASSIGNMENT [options]          grade what was handed in and isn't graded yet
       rnnlm-grade report ASSIGNMENT [options]   write a page about the class
       rnnlm-grade export ASSIGNMENT [options]   write the marks as a table
       rnnlm-grade forget STUDENT [options]      remove what the course holds of a student

rnnlm-grade COMMAND --help says more. Run it in the folder of the course."""
DONE, SOME_FAILED, UNUSED = 0, 1, 2  # exit codes
FORMS = ("csv", "canvas", "moodle")


def main(argv=None):
    """Run the command; return its exit code: 0 done, 1 somebody has no mark, 2 nothing was done, 130 interrupted."""
    argv = sys.argv[1:] if argv is None else argv
    with contextlib.suppress(AttributeError):
        sys.stdout.reconfigure(errors="backslashreplace")  # a folder may have any name
    so_far = "Not all was removed" if argv[:1] == ["forget"] else "What was examined is kept"
    if not argv or argv[0] in ("-h", "--help"):
        print(USAGE)
        return DONE if argv else UNUSED
    try:
        if argv[0] == "report":
            options = report_options(argv[1:])
            load_commands().report(options)
        elif argv[0] == "export":
            options = export_options(argv[1:])
            load_commands().export(options)
        elif argv[0] == "forget":
            options = forget_options(argv[1:])
            load_commands().forget(options)
        else:
            return grade(grade_options(argv))
        return DONE
    except Refusal as reason:
        return say(reason, UNUSED)
    except OSError as error:
        done = "written." if argv[0] in ("report", "export") else f"done; {PUT_RIGHT}"
        return say(f"{in_words(error)}. Nothing was {done}", UNUSED)
    except Stopped as reason:
        return say(f"{reason} {so_far}; {PUT_RIGHT}", SOME_FAILED)
    except KeyboardInterrupt:
        return say(f"Interrupted. {so_far}; run the same command again to go on.", 130)


def say(text, code):
    print(f"rnnlm-grade: {text}", file=sys.stderr)
    return code


def grade(options):
    """Grade, in other processes if more than one submission is to be examined at once."""
    if options.jobs > 1 and not options.scheduler:
        pool.get_ready()
    return DONE if load_commands().grade(options) else SOME_FAILED


def load_commands():
    """Import the commands, and nbgrader with them, but not what takes as long as all else and isn't needed.

    jsonschema, by which notebooks are validated, imports rfc3987_syntax where it is installed, and that takes 0.7
    seconds to compile a grammar of web addresses. None is in the schema of notebooks.
    """
    unneeded = "rfc3987_syntax"
    is_loaded = unneeded in sys.modules
    sys.modules.setdefault(unneeded, None)  # "there is no such module"
    gc.disable()
    try:
        return importlib.import_module("rnnlm_grader.course.commands")
    finally:
        gc.freeze()  # what is loaded stays, so there is no need to look through it again and again
        gc.enable()
        if not is_loaded:
            del sys.modules[unneeded]


def new_parser(command, description):
    """A parser of what all commands about an assignment share."""
    parser = argparse.ArgumentParser(prog=command, description=description)
    parser.add_argument("assignment", metavar="ASSIGNMENT", help=f"one of {', '.join(ASSIGNMENTS)}")
    add_course_dir(parser)
    return parser


def add_course_dir(parser):
    parser.add_argument("--course-dir", metavar="FOLDER", default=".", help="the course (default: this folder)")


def grade_options(argv):
    parser = new_parser("rnnlm-grade", "Grade what was handed in and isn't graded yet, in parallel.")
    parser.add_argument("--student", action="append", metavar="ID", help="only this one; may be given more than once")
    parser.add_argument("--jobs", type=int, default=len(pool.processors()), metavar="N",
                        help="how many to examine at once (default: %(default)s, the number of processors)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="examine on the workers of this Dask scheduler")
    parser.add_argument("--sandbox", choices=("auto", "bwrap", "podman", "none"),
                        help="how to isolate students' code: auto is bubblewrap where it can start, else podman; none "
                             "only where every submission is trusted (default: as configured, else auto)")
    parser.add_argument("--force", action="store_true", help="examine and record also what is graded already")
    return parser.parse_args(argv)


def report_options(argv):
    parser = new_parser("rnnlm-grade report", "Write a page about the class: marks, most common misconceptions, "
                        "criteria that most fail, and work that somebody should look at.")
    parser.add_argument("--output", metavar="FILE", help="default: reports/ASSIGNMENT.html in the course")
    parser.add_argument("--book", metavar="URL", help="where the chapters are, for links (default: as configured, else "
                        "those in _build/html)")
    return parser.parse_args(argv)


def export_options(argv):
    parser = new_parser("rnnlm-grade export", "Write the marks as a table.")
    parser.add_argument("--form", choices=FORMS, default="csv",
                        help="csv: every criterion; canvas, moodle: what these import (default: %(default)s)")
    parser.add_argument("--output", metavar="FILE",
                        help="default: reports/ASSIGNMENT.csv, or ASSIGNMENT-FORM.csv, in the course")
    parser.add_argument("--student", action="append", metavar="ID", help="only this one; may be given more than once")
    return parser.parse_args(argv)


def forget_options(argv):
    parser = argparse.ArgumentParser(prog="rnnlm-grade forget", description="Remove for good what the course, its "
                                     "gradebook and its part of the exchange hold of a student.")
    parser.add_argument("student", metavar="STUDENT", help="the student's id")
    parser.add_argument("--yes", action="store_true", help="don't ask")
    add_course_dir(parser)
    parser.set_defaults(assignment="")  # it is about all of them
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
