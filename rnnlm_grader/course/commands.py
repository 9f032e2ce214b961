"""What `rnnlm-grade` does in a course: grades a class, and tells about it."""

import contextlib
import logging
import os
import time
import traceback
from argparse import Namespace
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from pathlib import Path

from nbgrader.apps import NbGrader
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from ..explaining.words import BOOK
from ..refusal import Refusal, Stopped, in_words
from . import export as exports
from . import freezing, pool
from .batch import Batch
from .class_marks import read_class
from .class_report import write_class_report
from .downloads import pack_feedback
from .feedback import Feedback
from .folders import of_assignment, submitted_folders
from .forget import Traces, grading_held
from .gradebook import known_assignments, require_same_points
from .messages import marks_to_look_at, name_some, one_line, outcome_lines, summary
from .one_student import criteria_of
from .overview import write_overview, write_overview_table
from .results import RESULTS, Results
from .settings import GradeInSandbox
from .source_notebook import Disagreement, require_criteria, require_known
from .watch import Watch

LOW_PRIORITY = 10  # as `nice` counts: what is interactive comes first


def grade(options: Namespace) -> bool:
    """Grade an assignment; return whether everybody has a mark."""
    require_known(options.assignment, options.course_dir)
    coursedir, config = open_course(options)
    if options.sandbox:
        config.GradeInSandbox.sandbox = options.sandbox
    require_submissions(coursedir, options)
    with refusing_bad_configuration():
        batch = Batch(coursedir, config, students=options.student, force=options.force, dry=options.dry_run)
    with open_executor(options) as (executor, width):
        tally = batch.grade(executor, width)
    if options.dry_run:
        print(
            f"{options.assignment}: nothing was recorded; a run would grade {len(tally.graded)} and leave "
            f"{len(tally.unchanged)} unchanged",
            *(list(outcome_lines(tally)) or ["no mark would change"]),
            *points_to_enter(coursedir),
            sep="\n",
        )
        return not tally.failed
    some = of_assignment(coursedir, options.assignment, only=options.student)
    marks, stale = read_class(some), Feedback(some).stale()
    print(*summary(tally, marks, stale), sep="\n")
    return not tally.failed


def points_to_enter(coursedir: CourseDirectory) -> Iterator[str]:
    """Yield a line where the gradebook has other points than the exercise: a run, other than a dry one, stops there."""
    try:
        require_same_points(coursedir, require_criteria(coursedir))
    except Disagreement as disagreement:
        enter = f"nbgrader generate_assignment {coursedir.assignment_id} --force"
        yield f"{disagreement.what} Enter these before the run: {enter}"


def watch(options: Namespace) -> None:
    """Collect and grade what arrives, round after round."""
    for name in options.names:
        require_known(name, options.course_dir)
    coursedir, config = open_course(options)
    with Results(Path(coursedir.root, RESULTS)).locked("Another watch is running in this course."):
        os.nice(LOW_PRIORITY)
        with refusing_bad_configuration():
            watcher = Watch(coursedir, config, options.names, options.feedback, options.practice)
        watcher.round()
        while not options.once:
            time.sleep(options.every)
            watcher.round()


def report(options: Namespace) -> None:
    """Write a page about the class, or print what became of each criterion of one student."""
    coursedir, config = open_course(options)
    if options.student is not None:
        print(*criteria_of(coursedir, options.student), sep="\n")
    else:
        print(write_class_report(coursedir, options.output, book_at(config)))


def overview(options: Namespace) -> None:
    """Write a page about the whole course, and its table."""
    coursedir, config = open_course(options)
    print(*write_overview(coursedir, options.output, book_at(config), weights_of(config)), sep="\n")


def book_at(config: Config) -> str | None:
    """Where the course has its book on the web, for links; None where it doesn't say."""
    url = GradeInSandbox(config=config).book_url
    return f"{url.rstrip('/')}/{BOOK}" if url else None


def weights_of(config: Config) -> Mapping[str, float]:
    """What a point of some parts counts in exports."""
    return GradeInSandbox(config=config).weights


def export(options: Namespace) -> bool:
    """Write the marks of one assignment, or of all, also if this grader doesn't grade it; return whether all are in."""
    coursedir, config = open_course(options)
    weights = weights_of(config)
    if not options.all:
        return export_one(coursedir, options, weights)
    if options.form == "csv":
        path = options.output or Path(coursedir.root, "reports", "all.csv")
        classes = write_overview_table(coursedir, path, options.student or (), weights)
        print(path)
        for marks in classes:
            chosen = [each for each in marks.students if not options.student or each.student in options.student]
            print(*(f"{marks.assignment}: {line}\n" for line in marks_to_look_at(marks, chosen)), sep="", end="")
        return True
    # A table each: an empty cell would erase what the system has.
    done = [export_one(of_assignment(coursedir, name), options, weights) for name in known_assignments(coursedir)]
    return all(done)


def export_one(coursedir: CourseDirectory, options: Namespace, weights: Mapping[str, float]) -> bool:
    """Write the marks of the assignment of a course; return whether everybody's are written."""
    name = coursedir.assignment_id if options.form == "csv" else f"{coursedir.assignment_id}-{options.form}"
    path = options.output or Path(coursedir.root, "reports", f"{name}.csv")
    table = exports.Table(coursedir, options.form, options.student or (), weights)
    for warning in table.warnings():
        print(warning)
    table.write(path)
    print(path, *marks_to_look_at(table.marks, table.chosen), sep="\n")
    return not table.alike


def feedback(options: Namespace) -> bool:
    """Pack the feedback pages for Canvas or Moodle; return whether all are in it."""
    coursedir, _ = open_course(options)
    path = Path(options.output or Path(coursedir.root, "reports", f"{coursedir.assignment_id}-feedback.zip"))
    left_out = pack_feedback(coursedir, path)
    print(
        path, *(f"without the feedback of {name_some(students)}: {why}" for why, students in left_out.items()), sep="\n"
    )
    return not left_out


def freeze(options: Namespace) -> None:
    """Keep the marks of an assignment as they are."""
    coursedir, _ = open_course(options)
    marks = read_class(coursedir)
    if not marks.graded:
        raise Refusal(f"Nothing of {options.assignment} is graded, so there is nothing to keep.")
    print(freezing.freeze(coursedir), *marks_to_look_at(marks, marks.graded), sep="\n")
    if waiting := [student.student for student in marks.students if student.state == "waiting"]:
        print(f"without a mark, though handed in: {name_some(waiting)}. To grade it, thaw {options.assignment} first")


def thaw(options: Namespace) -> None:
    """Let a frozen assignment be graded again."""
    coursedir, _ = open_course(options)
    freezing.thaw(coursedir)
    print(f"{options.assignment} can be graded again.")


def forget(options: Namespace) -> None:
    """Remove what the course holds of a student, once it is confirmed."""
    coursedir, config = open_course(options)
    with grading_held(coursedir):
        traces = Traces(coursedir, config, options.student)
        print(traces)
        if not (options.yes or is_confirmed()):
            raise Refusal("Nothing was removed. To remove it without being asked, add --yes.")
        try:
            traces.remove()
        except (OSError, Refusal) as error:
            raise Stopped(in_words(error)) from None
    print(
        f"All of this was removed. Backups, downloaded/ and what students keep may still hold something of "
        f"{one_line(options.student)}."
    )


def is_confirmed() -> bool:
    """Ask whether to go on; return whether the answer is yes."""
    try:
        return input("Remove all of this for good? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:  # nobody is there to answer
        return False


def open_course(options: Namespace) -> tuple[CourseDirectory, Config]:
    """Return (coursedir, config) of the course, as nbgrader itself reads them from its nbgrader_config.py."""
    root = Path(options.course_dir).resolve()
    if not (root / "nbgrader_config.py").is_file():
        raise Refusal(
            f"{root} is no course: it has no nbgrader_config.py. Go to the course's folder, or name it "
            "with --course-dir."
        )
    NbGrader.clear_instance()
    with contextlib.chdir(root), refusing_bad_configuration():
        app = NbGrader.instance(raise_config_file_errors=True)
        app.initialize(options.settings, root=str(root))
        GradeInSandbox(config=app.config)  # complains of settings that are none
    if getattr(options, "assignment", None):  # else it is about all of them
        app.coursedir.assignment_id = options.assignment
    return app.coursedir, app.config


@contextlib.contextmanager
def refusing_bad_configuration() -> Iterator[None]:
    """Raise `Refusal` for whatever is wrong in nbgrader_config.py, a Python program that may fail in any way."""
    try:
        yield
    except Refusal:
        raise
    except SystemExit:
        raise Refusal("The course's configuration can't be used, for the reason above.") from None
    except Exception as error:
        lines = [
            f" in {name}, line {line}"
            for name, line, *_ in traceback.extract_tb(error.__traceback__)
            if name.endswith("_config.py")
        ]
        raise Refusal(
            f"The course's configuration can't be used: {type(error).__name__}{''.join(lines[-1:])}: {one_line(error)}"
        ) from None


def require_submissions(coursedir: CourseDirectory, options: Namespace) -> None:
    """Raise `Refusal` unless there is something to grade."""
    there = submitted_folders(coursedir)
    if unknown := set(options.student or ()) - set(there):
        raise Refusal(f"Nothing was handed in for {options.assignment} by {name_some(unknown)}.")
    if not there:
        place = coursedir.format_path(coursedir.submitted_directory, "STUDENT", options.assignment)
        raise Refusal(f"Nothing was handed in. It should be in {place}.")


@contextlib.contextmanager
def open_executor(options: Namespace) -> Iterator[tuple[Executor | None, int]]:
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
    for name in ("distributed", "distributed.client"):  # what there is to say we say ourselves
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(options.scheduler, timeout=5)
    except (OSError, ValueError) as error:
        raise Refusal(f"No Dask scheduler answers at {options.scheduler}: {error}") from None
    with client, client.get_executor(pure=False) as executor:
        threads = sum(client.nthreads().values())
        if not threads:
            raise Refusal(f"The scheduler {options.scheduler} has no workers.")
        yield executor, threads
