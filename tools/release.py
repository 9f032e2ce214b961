"""Make exercises/ from solutions/ with nbgrader's own converter, or check that they still agree.

Points stand in the criteria: `write` gives them to the cells in solutions/, too.

usage: release.py write|check [ASSIGNMENT ...]
"""

import argparse
import filecmp
import logging
import shutil
import sys
import tempfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the course's own criteria, whatever else is installed

from rnnlm_grader.course.commands import open_course  # noqa: E402
from rnnlm_grader.course.freezing import is_frozen, state  # noqa: E402
from rnnlm_grader.course.gradebook import require_same_points  # noqa: E402
from rnnlm_grader.course.source_notebook import Disagreement, require_criteria, write_points  # noqa: E402
from rnnlm_grader.refusal import Refusal  # noqa: E402

SOLUTIONS, EXERCISES = ROOT / "solutions", ROOT / "exercises"


def generate(coursedir, config, folder):
    """Release the assignment of a course into `folder`/ASSIGNMENT, with a gradebook that is thrown away.

    Raise a `Refusal` where criteria, grade cells and the course's gradebook disagree on points; the gradebook keeps
    those of a frozen assignment, whatever is released.
    """
    points = require_criteria(coursedir)
    try:
        require_same_points(coursedir, points)
    except Disagreement as changed:
        if not is_frozen(coursedir):
            raise
        print(f"{state(coursedir)} {changed.what} The marks that were given stay.", file=sys.stderr)
    with tempfile.TemporaryDirectory() as scratch:
        config.CourseDirectory.release_directory = folder
        config.CourseDirectory.db_url = f"sqlite:///{scratch}/gradebook.db"
        coursedir = CourseDirectory(config=config, assignment_id=coursedir.assignment_id)
        errors = logging.Logger("nbgrader", logging.ERROR)
        GenerateAssignment(coursedir=coursedir, config=config, force=True, log=errors).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=("write", "check"))
    parser.add_argument("assignments", nargs="*", help="all, if none is named")
    options = parser.parse_args()
    names = options.assignments or sorted(path.name for path in SOLUTIONS.iterdir() if path.is_dir())
    with tempfile.TemporaryDirectory() as scratch:
        try:
            for name in names:
                coursedir, config = open_course(argparse.Namespace(course_dir=ROOT, assignment=name, settings=[]))
                if options.verb == "write":
                    for change in write_points(coursedir):
                        print(change)
                generate(coursedir, config, scratch)
        except Refusal as reason:
            sys.exit(f"release: {reason}")
        stale = []
        for name in names:
            made, kept = Path(scratch) / name / f"{name}.ipynb", EXERCISES / name / f"{name}.ipynb"
            if options.verb == "write":
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(made, kept)
                print(f"released {kept.relative_to(ROOT)}")
            elif not kept.exists() or not filecmp.cmp(made, kept, shallow=False):
                stale.append(name)
    orphans = [path.name for path in EXERCISES.iterdir() if path.is_dir() and not (SOLUTIONS / path.name).exists()]
    problems = [f"exercises/{name} isn't what solutions/{name} releases. Run: make release" for name in stale]
    problems += [f"exercises/{name} has no solutions/{name}. Remove it." for name in orphans]
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
