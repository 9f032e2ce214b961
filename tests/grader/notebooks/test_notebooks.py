"""Finding the notebook in what was handed in, and reading it."""

import io
import json
import os
import tracemalloc
import zipfile

import pytest

from rnnlm_grader.course.handed_in import find_work
from rnnlm_grader.notebooks.reading import MAX_FILE, MAX_FILES, MAX_NOTEBOOKS, MAX_PARTS, Unreadable, parse
from rnnlm_grader.notebooks.submission import Cell
from rnnlm_grader.notebooks.writing import Outline

NAME = "01-embedding.ipynb"
WANTED = {"MyEmbedding": "class MyEmbedding: pass"}


def notebook(source="x = 1", grade_id="MyEmbedding", **more):
    metadata = {"nbgrader": {"grade_id": grade_id}}
    return json.dumps({"cells": [{"cell_type": "code", "source": source, "metadata": metadata} | more]})


def zipped(files, packing=zipfile.ZIP_DEFLATED):
    """A zip, as bytes, of files: (name or ZipInfo) → text."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as archive:
        for name, text in files.items():
            archive.writestr(name, text, packing)
    return made.getvalue()


def find(folder, files):
    """Lay out a submission of files, name → text or bytes; return its cells and the remarks."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    remarks = []
    return find_work(folder / NAME, WANTED, Outline({}, {}, {}, {}), remarks).cells, remarks


FOUND = {
    "a subfolder": ({"week 1/me/Work.IPYNB": notebook(), "week 1/notes.txt": ""}, "week 1/me/Work.IPYNB"),
    "a checkpoint beside it": ({"a.ipynb": notebook(), ".ipynb_checkpoints/a.ipynb": notebook("old")}, "a.ipynb"),
    "other exercises beside it": ({"a.ipynb": notebook("y = 2", "MyRNN"), "b.ipynb": notebook()}, "b.ipynb"),
    "a damaged one beside it": ({"a.ipynb": "{", "b.ipynb": notebook()}, "b.ipynb"),
    "an older try beside it": ({"a/try.ipynb": notebook("y = 2"), f"a/{NAME}": notebook()}, f"a/{NAME}"),
    "a zip": (
        {
            "Work.ZIP": zipped(
                {
                    f"me/{NAME}": notebook(),
                    f"__MACOSX/me/._{NAME}": "x",
                    f"me/.ipynb_checkpoints/{NAME}": "x",
                    "me/a.csv": "1",
                }
            )
        },
        f"Work.ZIP/me/{NAME}",
    ),
    "a zip of Windows": ({"a.zip": zipped({f"me\\{NAME}": notebook()})}, f"a.zip/me/{NAME}"),
}


@pytest.mark.parametrize(("files", "where"), FOUND.values(), ids=FOUND)
def test_the_notebook_is_found_wherever_it_is_and_whatever_it_is_called(tmp_path, files, where):
    cells, remarks = find(tmp_path, files)
    assert cells == (Cell("x = 1", "MyEmbedding"),)
    assert remarks == [f"It was handed in as {where}, not as {NAME}, and graded all the same."]


def test_the_notebook_of_the_right_name_comes_first(tmp_path):
    assert find(tmp_path, {NAME: notebook(), "b.ipynb": notebook("y"), "a.zip": b""}) == (
        (Cell("x = 1", "MyEmbedding"),),
        [],
    )


REFUSED = {
    "nothing": ({"a.txt": ""}, f"^there is no {NAME} in it$"),
    "several that may be meant": ({"a.ipynb": notebook(), "b.ipynb": notebook("y")}, "2 other notebooks, and nobody"),
    "too many": ({f"{n}.ipynb": notebook() for n in range(MAX_NOTEBOOKS + 1)}, "21 notebooks in it; the limit is 20"),
    "too many files": ({f"{n}.txt": "" for n in range(MAX_FILES + 1)}, "more than 10,000 files in it"),
    "several zips": ({"a.zip": b"", "b.zip": b""}, "2 zips in it"),
    "a spoilt zip": ({"a.zip": zipped({NAME: notebook()}, zipfile.ZIP_STORED).replace(b"x = 1", b"x = 2")}, "damaged"),
    "a path up": ({"a.zip": zipped({f"../{NAME}": notebook()})}, f"^there is no {NAME} in it$"),
    "another packing": ({"a.zip": zipped({NAME: notebook()}, zipfile.ZIP_LZMA)}, "is packed in an uncommon"),
    "a bomb": ({"a.zip": zipped({NAME: b" " * (MAX_FILE + 1)})}, "100 MiB; the limit is 100"),
    "many members": ({"a.zip": zipped({f"{n}.txt": "" for n in range(MAX_FILES + 1)})}, "10,000 files in its zip"),
}


@pytest.mark.parametrize(("files", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_notebook_or_may_do_harm_is_refused_with_a_reason(tmp_path, files, reason):
    inside = tmp_path / "in" / "it"
    inside.mkdir(parents=True)
    with pytest.raises(Unreadable, match=reason):
        find(inside, files)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == set(files)


@pytest.mark.parametrize("name", [NAME, "a.ipynb", "a.zip", "b"])
def test_no_link_in_the_folder_is_followed(tmp_path, name):
    others = tmp_path / "others"
    find(others, {NAME: notebook(), "a.ipynb": notebook(), "a.zip": zipped({NAME: notebook()})})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).symlink_to(others / name.removeprefix("b"))
    with pytest.raises(Unreadable, match=f"^it is a link|^there is no {NAME} in it$"):
        find(tmp_path / "mine", {})


def test_a_file_larger_than_the_limit_is_not_read(tmp_path):
    (tmp_path / NAME).touch()
    os.truncate(tmp_path / NAME, MAX_FILE + 2**20)
    with pytest.raises(Unreadable, match="101 MiB; the limit is 100"):
        find(tmp_path, {})


@pytest.mark.parametrize("output", [b"[NaN, -1e999, " + b"9" * 5000 + b"]", b'"\\ud83d"'])
def test_whatever_is_in_outputs_makes_no_notebook_unreadable(output):
    text = notebook("x", outputs=["HERE"]).encode().replace(b'"HERE"', output)
    assert parse(io.BytesIO(text))["cells"][0]["source"] == "x"


def test_however_many_lines_a_loop_has_printed_the_work_is_read_in_little_memory():
    printed = json.dumps([{"output_type": "stream", "text": ['[0, "1"]\n'] * 1_700_000}]).encode()  # 5.1 million parts
    source = 'x = {"outputs": [1, "]"]}'
    text = notebook(source, outputs=["HERE"]).encode().replace(b'["HERE"]', printed)
    tracemalloc.start()
    assert parse(io.BytesIO(text))["cells"][0]["source"] == source
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * len(text)


@pytest.mark.parametrize("outputs", ['["]', '[{"text": ["1"}', '["\\"]'])
def test_outputs_that_do_not_end_are_no_notebook(outputs):
    with pytest.raises(Unreadable, match="valid JSON"):
        parse(io.BytesIO(f'{{"cells": [{{"outputs": {outputs}'.encode()))


@pytest.mark.parametrize("piece", ["{},", '{"a":1},', '"ab",'])
def test_no_file_takes_much_memory_for_its_parts(piece):
    most = MAX_PARTS // sum(map(piece.count, ("[", "{", ",", '"')))
    tracemalloc.start()
    parse(io.BytesIO(f"[{piece * (most // 10)}0]".encode()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 << 20  # ten times that for all
