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
ROOT = Path(__file__).parents[3]
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
    for cell in nb["cells"]:
        if grade_id(cell) in ("MyEmbedding", "MyTimeEmbedding"):
            cell["source"] = one if grade_id(cell) == "MyEmbedding" else two
    return nb


def grade_id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def cell_of(nb, name):
    return next(cell for cell in nb["cells"] if grade_id(cell) == name)


STUB, TIME_STUB = (cell_of(BLANK, name)["source"] for name in ("MyEmbedding", "MyTimeEmbedding"))


def code_cell(source, **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def with_cells(*sources, at=2, one=RIGHT, two=TIME_RIGHT):
    """A notebook with code cells of the student's own in it."""
    nb = notebook(one, two)
    nb["cells"][at:at] = [code_cell(source) for source in sources]
    return nb


def hands_in(content, mark, says="", name=NAME, slug=SLUG):
    """A submission of one file: a notebook as plain data, text or bytes."""
    def lay_out(place):
        text = content if isinstance(content, str | bytes) else json.dumps(content, ensure_ascii=False)
        if isinstance(text, str):
            text = place.fill(text).encode("utf-8", "surrogatepass")
        path = place.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
    return Work(mark, says, lay_out, slug)


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
    """A submission with more files in its folder: name → text, bytes or a function that makes it."""
    def lay_out(place):
        work.lay_out(place)
        for name, content in files.items():
            path = place.folder / name
            path.parent.mkdir(exist_ok=True)
            if callable(content):
                content(path, place)
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Work(work.mark, work.says, lay_out)


def changed(change, mark=25, says="", **answers):
    """A notebook after `change`, a function of it."""
    nb = notebook(**answers)
    nb = change(nb) or nb
    return hands_in(nb, mark, says)
