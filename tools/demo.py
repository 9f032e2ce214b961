"""Grade a small class of real notebooks with the ordinary nbgrader commands, and print what each student gets.

usage: demo.py [--keep FOLDER] [--markdown]
"""

import argparse
import copy
import csv
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from corpora import embedding as corpus  # noqa: E402

ASSIGNMENT = "01-embedding"
LOOPING = 0.5  # seconds of processor time that a criterion may take, and all of an answer in vain
RIGHT = corpus.EMBEDDING["as the book writes it"]
TIME_RIGHT = corpus.TIME_EMBEDDING["one layer a step, as in the study notebook"]


def students(blank):
    """The class: what each hands in, as a notebook or as raw text."""
    fill = lambda one, two: filled(blank, MyEmbedding=one, MyTimeEmbedding=two)  # noqa: E731
    handed_in = {
        "right-as-the-book": fill(RIGHT, TIME_RIGHT),
        "right-one-hot": fill(
            corpus.EMBEDDING["one-hot matrix product both ways"], corpus.TIME_EMBEDDING["subclass of MyEmbedding"]
        ),
        "right-loops-and-prints": fill(
            corpus.EMBEDDING["prints and warnings on the way"],
            corpus.TIME_EMBEDDING["loops over sequences, then steps"],
        ),
        "right-helper-elsewhere": helper_elsewhere(blank),
        "wrong-overwrites": fill(corpus.EMBEDDING_MISTAKES["Overwrites"], TIME_RIGHT),
        "wrong-piles-up": fill(corpus.EMBEDDING_MISTAKES["PilesUp"], corpus.TIME_EMBEDDING["stacks the steps"]),
        "wrong-rebinds": fill(corpus.EMBEDDING_MISTAKES["Rebinds"], TIME_RIGHT),
        "wrong-dtype": fill(corpus.EMBEDDING_MISTAKES["ForcesOutputFloat32"], TIME_RIGHT),
        "wrong-last-step-only": fill(RIGHT, TIME_RIGHT.replace("grad += ", "grad = ")),
        "unfinished": filled(blank, MyEmbedding=answer_half_done()),
        "untouched": copy.deepcopy(blank),
        "loops-forever": fill(RIGHT, TIME_RIGHT.replace("N, T = xs.shape", "N, T = xs.shape\n        while T: pass")),
        "ends-its-process": fill(
            RIGHT.replace("dW[...] = 0", "import os; os._exit(0)"), corpus.TIME_EMBEDDING["without MyEmbedding"]
        ),
        "deleted-the-checks": without_checks(fill(RIGHT, TIME_RIGHT)),
        "imports-the-answer": fill(
            "from rnnlm_ref.layers import Embedding as MyEmbedding\n",
            "from rnnlm_ref.time_layers import TimeEmbedding as MyTimeEmbedding\n",
        ),
        "syntax-error": fill(
            RIGHT.replace("return W[idx]", "return W[idx"), corpus.TIME_EMBEDDING["without MyEmbedding"]
        ),
        "not-a-notebook": "My dog ate the notebook.\n",
    }
    return {name: nbformat.writes(work) if not isinstance(work, str) else work for name, work in handed_in.items()}


def filled(blank, **answers):
    """A copy of the released notebook with the sources of solution cells filled in."""
    notebook = copy.deepcopy(blank)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell.source = answers[grade_id]
    return notebook


def helper_elsewhere(blank):
    """Right, with a helper in a cell of the student's own, and scratch work that would not run."""
    source = corpus.EMBEDDING["helper function above the class, cache is a dict"]
    helper, rest = source.split("\n\n\n", 1)
    notebook = filled(blank, MyEmbedding=rest, MyTimeEmbedding=TIME_RIGHT)
    at = next(i for i, cell in enumerate(notebook.cells) if cell.source == rest)
    notebook.cells.insert(at, new_code_cell(helper))
    notebook.cells.append(new_code_cell("%timeit MyEmbedding(np.eye(3)).forward(x)\n!ls"))
    return notebook


def answer_half_done():
    """forward is done, backward isn't."""
    return corpus.answer(corpus.LOOKUP + "\n    def backward(self, dout):\n        raise NotImplementedError()\n")


def without_checks(notebook):
    notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")]
    return notebook


def set_up(course):
    """Lay out a course folder as an instructor has it."""
    for name in ("solutions", "nbgrader_config.py", "nbgrader_config.json"):
        source = ROOT / name
        shutil.copytree(source, course / name) if source.is_dir() else shutil.copy(source, course)


def run(course, *command):
    """Run a command in the course folder; stop with its output if it fails."""
    start = time.monotonic()
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}")
    seconds = time.monotonic() - start
    print(f"$ {' '.join(command)}   ({seconds:.1f} s)")
    return seconds


def hand_in(course, work):
    """Put each student's file where nbgrader collects it."""
    for student, text in work.items():
        folder = course / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / f"{ASSIGNMENT}.ipynb").write_text(text)


def read_results(course):
    """Read the marks that nbgrader exported, and beside them what the grader recognised."""
    with open(course / "grades.csv") as file:
        marks = {row["student_id"]: row for row in csv.DictReader(file)}
    for student in sorted(marks):
        path = course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        record = nbformat.read(path, as_version=4).metadata["rnnlm_grader"]
        yield student, float(marks[student]["score"]), float(marks[student]["max_score"]), likely(record)


def likely(record):
    """The mistakes that were recognised, else what is known."""
    criteria = [criterion for part in record["results"] for criterion in part["criteria"]]
    sentences = dict.fromkeys(sentence for c in criteria for sentence in c["sentences"])
    findings = dict.fromkeys(c["finding"] for c in criteria if c["finding"] and not c["sentences"])
    return "; ".join(
        [
            *(s.split(";")[0].split(". ")[0] for s in sentences),
            *record["remarks"],
            *(f for f in findings if not record["remarks"]),
        ]
    )


def table(rows, markdown):
    """Lay out student, mark and likely mistake."""
    lines = ["| student | mark | what the report says |", "|---|---|---|"] if markdown else []
    for student, score, most, mistake in rows:
        mark = f"{score:g} of {most:g}"
        lines.append(f"| {student} | {mark} | {mistake} |" if markdown else f"{student:24} {mark:>9}  {mistake}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="lay out the course there and keep it")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        course = options.keep or Path(scratch)
        if options.keep and options.keep.exists() and any(options.keep.iterdir()):
            sys.exit(f"{options.keep} isn't empty. Name a folder that is, or one that doesn't exist yet.")
        course.mkdir(parents=True, exist_ok=True)
        seconds, count = grade_class(course.resolve())
        print(f"\n{table(read_results(course), options.markdown)}")
        print(f"\n{count} submissions graded in {seconds:.1f} s; most of it went into the one that loops")
        if options.keep:
            print(f"\nMarks: {course / 'grades.csv'}\nFeedback: {course / 'feedback'}")


def grade_class(course):
    """Release, hand in, grade, feed back and export; return how long grading took and how many were graded."""
    set_up(course)
    run(course, "nbgrader", "generate_assignment", ASSIGNMENT)
    blank = nbformat.read(course / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    work = students(blank)
    hand_in(course, work)
    seconds = run(
        course,
        "nbgrader",
        "autograde",
        ASSIGNMENT,
        f"--GradeInSandbox.seconds_per_criterion={LOOPING}",
        f"--GradeInSandbox.seconds_per_answer={LOOPING}",
    )
    run(course, "nbgrader", "generate_feedback", ASSIGNMENT)
    run(course, "nbgrader", "export", "--to", "grades.csv")
    return seconds, len(work)


if __name__ == "__main__":
    main()
