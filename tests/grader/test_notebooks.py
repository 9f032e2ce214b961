"""Finding the notebook in what was handed in, and reading it without its outputs."""
import io
import json
import os
import stat
import tracemalloc
import zipfile

import pytest

from rnnlm_grader.course.folders import find_cells
from rnnlm_grader.notebooks import reading as notebooks
from rnnlm_grader.notebooks.reading import (
    MAX_FILE,
    MAX_FILES,
    MAX_NOTEBOOKS,
    TooMuch,
    Unreadable,
    parse,
    without_outputs,
)
from rnnlm_grader.notebooks.submission import Cell

NAME = "01-embedding.ipynb"
WANTED = {"MyEmbedding": "class MyEmbedding: pass"}
OUTPUTS = [[], [{"text": ["a\\\"]", "\\", "}"], "data": {"a": [[1]]}}], {"outputs": [{"outputs": "]"}]}]


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
    return find_cells(folder / NAME, WANTED, remarks), remarks


FOUND = {
    "another name": ({"work (1).ipynb": notebook()}, "work (1).ipynb"),
    "other capitals": ({"01-Embedding.IPYNB": notebook()}, "01-Embedding.IPYNB"),
    "a subfolder": ({"week 1/me/work.ipynb": notebook(), "week 1/notes.txt": ""}, "week 1/me/work.ipynb"),
    "a checkpoint beside it": ({"a.ipynb": notebook(), ".ipynb_checkpoints/a.ipynb": notebook("old")}, "a.ipynb"),
    "other exercises beside it": ({"a.ipynb": notebook("y = 2", "MyRNN"), "b.ipynb": notebook()}, "b.ipynb"),
    "a damaged one beside it": ({"a.ipynb": "{", "b.ipynb": notebook()}, "b.ipynb"),
    "the empty exercise beside it": ({f"a/{NAME}": notebook(WANTED["MyEmbedding"]), "b.ipynb": notebook()}, "b.ipynb"),
    "an older try beside it": ({"a/try.ipynb": notebook("y = 2"), f"a/{NAME}": notebook()}, f"a/{NAME}"),
    "the same twice": ({"a.ipynb": notebook(), "b.ipynb": notebook()}, "a.ipynb"),
    "a zip": ({"Work.ZIP": zipped({f"me/{NAME}": notebook(), f"__MACOSX/me/._{NAME}": "x", "me/.ipynb_checkpoints/"
                                   f"{NAME}": "x", "me/a.csv": "1"})}, f"Work.ZIP/me/{NAME}"),
    "a zip that isn't packed": ({"a.zip": zipped({NAME: notebook()}, zipfile.ZIP_STORED)}, f"a.zip/{NAME}"),
    "a zip of Windows": ({"a.zip": zipped({f"me\\{NAME}": notebook()})}, f"a.zip/me/{NAME}"),
    "a zip of all exercises": ({"a.zip": zipped({"1.ipynb": notebook(), "2.ipynb": notebook("z", "MyRNN")})},
                               "a.zip/1.ipynb"),
}


@pytest.mark.parametrize(("files", "where"), FOUND.values(), ids=FOUND)
def test_the_notebook_is_found_wherever_it_is_and_whatever_it_is_called(tmp_path, files, where):
    cells, remarks = find(tmp_path, files)
    assert cells == (Cell("x = 1", "MyEmbedding"),)
    assert remarks == [f"It was handed in as {where}, not as {NAME}, and graded all the same."]


def test_the_notebook_of_the_right_name_comes_first(tmp_path):
    assert find(tmp_path, {NAME: notebook(), "b.ipynb": notebook("y"), "a.zip": b""}) == (
        (Cell("x = 1", "MyEmbedding"),), [])


def linked():
    member = zipfile.ZipInfo(NAME)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


def locked():
    """A zip whose notebook is marked as one that needs a password."""
    made = bytearray(zipped({NAME: notebook()}))
    for at in (6, made.index(b"PK\x01\x02") + 8):
        made[at] |= 1
    return bytes(made)


def bomb():
    """A zip of a notebook of more than is read, packed a thousand times smaller."""
    return zipped({NAME: b" " * (MAX_FILE + 1)})


def overdone():
    """A zip whose notebook is larger than its directory says."""
    text = notebook().ljust(500)
    return zipped({NAME: text}).replace(len(text).to_bytes(4, "little"), (100).to_bytes(4, "little"))


REFUSED = {
    "nothing": ({"a.txt": ""}, f"^there is no {NAME} in it$"),
    "several that may be meant": ({"a.ipynb": notebook(), "b.ipynb": notebook("y")}, "2 other notebooks, and nobody"),
    "several of other exercises": ({"a.ipynb": notebook("x", "a"), "b.ipynb": notebook("y", "b")}, "2 other notebooks"),
    "too many": ({f"{n}.ipynb": notebook() for n in range(MAX_NOTEBOOKS + 1)}, "21 notebooks in it; the limit is 20"),
    "too many files": ({f"{n}.txt": "" for n in range(MAX_FILES + 1)}, "more than 10,000 files in it"),
    "several zips": ({"a.zip": b"", "b.zip": b""}, "2 zips in it"),
    "no zip": ({"a.zip": notebook()}, "its zip is damaged"),
    "a cut zip": ({"a.zip": zipped({NAME: notebook()})[:-30]}, "its zip is damaged"),
    "a spoilt zip": ({"a.zip": zipped({NAME: notebook()}, zipfile.ZIP_STORED).replace(b"x = 1", b"x = 2")}, "damaged"),
    "an empty zip": ({"a.zip": zipped({})}, f"^there is no {NAME} in it$"),
    "a zip in a zip": ({"a.zip": zipped({"b.zip": zipped({NAME: notebook()})})}, f"^there is no {NAME} in it$"),
    "a path up": ({"a.zip": zipped({f"../{NAME}": notebook()})}, "leads out of it"),
    "a path up and down": ({"a.zip": zipped({f"a\\..\\..\\{NAME}": notebook()})}, "leads out of it"),
    "an absolute path": ({"a.zip": zipped({"/etc/passwd": "", NAME: notebook()})}, "leads out of it"),
    "a drive": ({"a.zip": zipped({f"C:\\{NAME}": notebook()})}, "leads out of it"),
    "a link": ({"a.zip": zipped({linked(): "/etc/passwd"})}, "holds a link"),
    "a password": ({"a.zip": locked()}, "needs a password"),
    "another packing": ({"a.zip": zipped({NAME: notebook()}, zipfile.ZIP_LZMA)}, "uncommon way"),
    "a bomb": ({"a.zip": bomb()}, "200 MiB; the limit is 200"),
    "a size that lies": ({"a.zip": overdone()}, "its zip is damaged|valid JSON"),
    "many members": ({"a.zip": zipped({f"{n}.txt": "" for n in range(MAX_FILES + 1)})}, "10,000 files in its zip"),
}


@pytest.mark.parametrize(("files", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_notebook_or_may_do_harm_is_refused_with_a_reason(tmp_path, files, reason):
    inside = tmp_path / "in" / "it"
    inside.mkdir(parents=True)
    with pytest.raises(Unreadable, match=reason):
        find(inside, files)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == set(files)


@pytest.mark.parametrize("name", ["a.ipynb", "a.zip", "b"])
def test_no_link_in_the_folder_is_followed(tmp_path, name):
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "a.ipynb").write_text(notebook())
    (tmp_path / "others" / "a.zip").write_bytes(zipped({NAME: notebook()}))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).symlink_to(tmp_path / "others" / name.removeprefix("b"))
    with pytest.raises(Unreadable, match=f"^it is a link|^there is no {NAME} in it$"):
        find(tmp_path / "mine", {})


def test_a_file_larger_than_the_limit_is_not_read(tmp_path):
    (tmp_path / NAME).touch()
    os.truncate(tmp_path / NAME, MAX_FILE + 2**20)
    with pytest.raises(TooMuch, match="201 MiB; the limit is 200"):
        find(tmp_path, {})


@pytest.mark.parametrize("length", [1, 2, 3, 5, 7, 1000])
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("outputs", OUTPUTS)
def test_outputs_are_left_out_and_nothing_else_wherever_the_text_is_cut(length, indent, outputs):
    cell = {"source": ['"outputs": [\n', "s = '\\\"', \"outputs\""], "outputs": outputs, "n": {"attachments": {}}}
    text = json.dumps({"cells": [cell, cell, "outputs"], "outputs": 3, "metadata": {"widgets": outputs}}, indent=indent)
    left = "".join(without_outputs(text[at: at + length] for at in range(0, len(text), length)))
    cell = cell | {"outputs": None, "n": {"attachments": None}}
    assert json.loads(left) == {"cells": [cell, cell, "outputs"], "outputs": 3, "metadata": {"widgets": None}}


@pytest.mark.parametrize("output", [
    b'"' + b"a" * 1000 + b'\\n"', b"[NaN, -1e999, " + b"9" * 5000 + b"]", b'"\\ud83d"', '"\U0001f600"'.encode()])
def test_whatever_is_in_outputs_makes_no_notebook_unreadable(output):
    text = notebook("x", outputs=["HERE"]).encode().replace(b'"HERE"', output)
    assert parse(io.BytesIO(text))["cells"][0]["outputs"] is None


@pytest.mark.parametrize(("begins", "goes_on", "ends"), [
    ("", '"a line that was printed\\n",' * 1000, '""'), ('"', "iVBORw0KGgo" * 2000, '"'), ("", "0.25," * 5000, "0")])
def test_memory_does_not_grow_with_the_outputs(begins, goes_on, ends):
    def chunks():
        yield f'{{"cells": [], "outputs": [{begins}'
        yield from [goes_on] * 1000
        yield f"{ends}]}}"

    tracemalloc.start()
    assert "".join(without_outputs(chunks())) == '{"cells": [], "outputs": null}'
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20  # of 22 MB and more


@pytest.mark.parametrize("piece", ["[],", '"",'])
def test_outputs_of_too_many_parts_are_given_up(piece, monkeypatch):
    monkeypatch.setattr(notebooks, "MAX_PARTS", 1000)
    monkeypatch.setattr(notebooks, "MAX_QUOTES", 1000)
    chunks = ('{"outputs": [', *[piece * 100] * 20, "]")
    with pytest.raises(TooMuch, match="parts in its outputs"):
        list(without_outputs(chunks))


def test_what_is_cut_off_in_its_outputs_is_no_notebook():
    with pytest.raises(Unreadable, match="valid JSON"):
        parse(io.BytesIO(b'{"cells": [], "outputs": ["a'))
