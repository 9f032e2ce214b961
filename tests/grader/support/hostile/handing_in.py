"""What a student hands in, and the pieces of which it is made."""

import copy
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from corpora import embedding as corpus

SLUG = "01-embedding"
NAME = f"{SLUG}.ipynb"
ROOT = Path(__file__).parents[4]
BLANK = json.loads(nbformat.writes(nbformat.read(ROOT / "exercises" / SLUG / NAME, as_version=4), split_lines=False))
RIGHT = corpus.EMBEDDING["as the book writes it"]
TIME_RIGHT = corpus.TIME_EMBEDDING["without MyEmbedding"]
NOTHING = "class MyEmbedding:\n    pass\n"


@dataclass(frozen=True)
class Place:
    """Where a submission goes, and what it may know of the instructor's machine in order to attack it."""

    folder: Path  # submitted/STUDENT/ASSIGNMENT
    course: Path
    words: dict  # what stands in the sources → what is meant: THE_COURSE, THE_PORT, ...

    def fill(self, text):
        for word, meaning in self.words.items():
            text = text.replace(word, str(meaning))
        return text


@dataclass(frozen=True)
class Work:
    """A submission."""

    mark: int  # what its code deserves, of 25
    says: str  # what its feedback must say, as a regular expression
    lay_out: Callable  # Place → None: writes the files
    slug: str = SLUG


def notebook(one=RIGHT, two=TIME_RIGHT):
    """The released notebook with both answers filled in, as plain data."""
    nb = copy.deepcopy(BLANK)
    cell_of(nb, "MyEmbedding")["source"], cell_of(nb, "MyTimeEmbedding")["source"] = one, two
    return nb


def grade_id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def cell_of(nb, name):
    return next(cell for cell in nb["cells"] if grade_id(cell) == name)


TIME_STUB = cell_of(BLANK, "MyTimeEmbedding")["source"]


def code_cell(source, **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def with_cells(*sources, at=2, one=RIGHT):
    """A notebook with code cells of the student's own in it."""
    nb = notebook(one)
    nb["cells"][at:at] = [code_cell(source) for source in sources]
    return nb


def put(place, files):
    """Write files: name → text, bytes, a notebook as plain data, or a function (path, place) that makes the file."""
    for name, content in files.items():
        path = place.folder / name
        path.parent.mkdir(exist_ok=True)
        if callable(content):
            content(path, place)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            path.write_bytes(place.fill(text).encode("utf-8", "surrogatepass"))


def hands_in(content, mark, says="", name=NAME, slug=SLUG):
    """A submission of one file."""
    return Work(mark, says, lambda place: put(place, {name: content}), slug)


def zipped(files, mark=0, says=""):
    """A submission of one zip: (name or ZipInfo) → text, or how many MiB of blanks."""

    def lay_out(place):
        with zipfile.ZipFile(place.folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                with archive.open(name, "w") as file:
                    for part in [b" " * 2**20] * content if isinstance(content, int) else [content.encode()]:
                        file.write(part)

    return Work(mark, says, lay_out)


def beside(files, work):
    """A submission with more files in its folder."""

    def lay_out(place):
        work.lay_out(place)
        put(place, files)

    return Work(work.mark, work.says, lay_out)


def changed(change, mark=25, says="", **answers):
    """A submission of a notebook that `change` has changed."""
    nb = notebook(**answers)
    change(nb)
    return hands_in(nb, mark, says)
