"""Files that are no notebooks, or somebody else's: nothing, with the reason."""

import json
import os
import stat
import zipfile

from .handing_in import NAME, NOTHING, RIGHT, TIME_RIGHT, beside, hands_in, notebook, with_cells, zipped

UNGRADABLE = "can't be graded: "
INVALID = f"{UNGRADABLE}it is not a notebook: its content isn't valid JSON"


def a_link(name):
    """What makes a member of a zip a link."""
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


def linked_folder(path, place):
    path.parent.rmdir()
    path.parent.symlink_to(place.course / "submitted" / "honest" / "01-embedding")


TIMED = {
    "clock-garbage": "yesterday, I think",
    "clock-huge": b"2026-11-24 12:00:00 UTC" + b" " * 50_000_000,
    "clock-link": lambda path, place: path.symlink_to(place.course / "rnnlm-secret.key"),
    "clock-fifo": lambda path, place: os.mkfifo(path),
}

WORK = {
    "prose": hands_in("My dog ate the notebook.\n", 0, INVALID),
    "x-loops-in-a-cell-of-its-own": hands_in(
        with_cells("MyEmbedding.x = [each for each in iter(int, 1)]", "import os\nMyEmbedding.x = os._exit(3)"),
        25,
        "own cell . was left out: it did not come to an end",
    ),
    "x-loops-in-the-second-answer": hands_in(notebook(two=TIME_RIGHT + "\nwhile True: pass\n"), 15, "endless loop"),
    "many-parts": hands_in('{"cells": [' + "{}," * 3_000_000 + "{}]}", 0, "more than 5,000,000 parts"),
    # Python reads such a number and can't write it.
    "giant-number": hands_in(notebook(f"{RIGHT}\n    def unused(self):\n        return 0x{'f' * 5000}\n"), 25),
    "half-a-character": hands_in(
        notebook(RIGHT + "\nraise ValueError('\\ud800')\n"), 25, r"MyEmbedding raised ValueError: \?"
    ),
    "fifo": hands_in(lambda path, place: os.mkfifo(path), 0, f"{UNGRADABLE}it is not an ordinary file"),
    "links-to-the-key": hands_in(
        lambda path, place: path.symlink_to(place.course / "rnnlm-secret.key"), 0, f"{UNGRADABLE}it is a link"
    ),
    "links-the-folder": hands_in(linked_folder, 0, f"{UNGRADABLE}its folder is a link"),
    "nothing": hands_in(lambda path, place: None, 0, "there is no 01-embedding.ipynb in it"),
    "zip-bomb": zipped({NAME: 250}, 0, f"{UNGRADABLE}it has 250 MiB; the limit is 100"),
    "zip-leads-out": zipped(
        {f"../../honest/01-embedding/{NAME}": json.dumps(notebook(NOTHING))}, 0, f"{UNGRADABLE}there is no {NAME} in it"
    ),
    "zip-of-a-link": zipped({a_link(NAME): f"../../honest/01-embedding/{NAME}"}, 0, INVALID),
    "links-more-files": beside(
        {
            "notes.txt": lambda path, place: path.symlink_to(place.course / "rnnlm-secret.key"),
            "all": lambda path, place: path.symlink_to("/"),
        },
        hands_in(notebook(), 25),
    ),
    **{name: beside({"timestamp.txt": content}, hands_in(notebook(), 25)) for name, content in TIMED.items()},
}
