"""Grades a notebook that consists of some cells."""

import json
import tempfile
from pathlib import Path

import nbformat

from rnnlm_grader.course.handed_in import read_handed_in
from rnnlm_grader.course.job import Job, run, version
from rnnlm_grader.course.source_notebook import answers_of, execution_order

from .hostile.handing_in import ROOT, code_cell


def told(*cells, slug="01-embedding"):
    """Return (mark, all remarks as one text) of a notebook with these cells: (grade_id or None, source)."""
    exercise = nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{slug}.ipynb")
        path.write_text(
            json.dumps(
                {
                    "cells": [
                        code_cell(source, **({"nbgrader": {"grade_id": name}} if name else {}))
                        for name, source in cells
                    ]
                }
            )
        )
        work, *_ = read_handed_in(exercise, path)
    cells, whole = (tuple(execution_order(exercise, order)) if order else () for order in (work.order, work.whole))
    result = run(Job(slug, cells, tuple(answers_of(exercise).items()), b"k" * 32, "bwrap", 4.0, 10.0, version(), whole))
    texts = [part["text"] for part in result["parts"].values()]
    return sum(part["points"] for part in result["results"]), "\n".join([*work.remarks, *result["failed"], *texts])


def mark(*cells, **options):
    return told(*cells, **options)[0]
