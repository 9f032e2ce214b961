"""What the pages for maintainers name is there: modules, what is in them, files, tests; and their examples run."""

import ast
import doctest
import re
import subprocess
import tempfile
from collections import defaultdict
from pathlib import PurePath

import pytest
from pages import ROOT

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "benchmarks/README.md",
    *(
        f"book/{name}.md"
        for name in ("maintainers", "rooms", "add-an-exercise", "own-course", "release", "threat-model")
    ),
]
FILES = [
    PurePath(name)
    for name in subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
]
PLACES = {place for path in FILES for place in (path, *path.parents)}
ELSEWHERE = {"es5/tex-svg.js", "exercises/08-scale"}  # in an npm package; made by whoever follows the page


def spans(page, form):
    """The code in the text of a page, but not its listings, as far as it has some form."""
    text = re.sub("^```.*?^```", "", (ROOT / page).read_text(), flags=re.DOTALL | re.MULTILINE)
    return [span for span in re.findall(r"`~?([^`\n]+)`", text) if re.fullmatch(form, span)]


def is_file(name):
    return any(path.match(name) for path in PLACES)


@pytest.fixture(scope="module")
def defined():
    """{name of a module, a package or a class of ours: the names that it defines}; those of one name are one."""
    found = defaultdict(set)
    for path in FILES:
        if path.suffix == ".py" and path.parts[0].startswith("rnnlm_"):
            tree = ast.parse((ROOT / path).read_text())
            found[path.parent.name].add(path.stem)
            for name, node in [
                (path.parent.name if path.stem == "__init__" else path.stem, tree),
                *((node.name, node) for node in tree.body if isinstance(node, ast.ClassDef)),
            ]:
                found[name].update(names_bound(node))
    return found


def names_bound(tree):
    """Yield the names that a module or class binds, also as attributes of what it makes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


@pytest.mark.parametrize("page", PAGES)
def test_every_dotted_name_on_a_page_for_maintainers_is_defined(page, defined):
    anywhere = set().union(*defined.values())
    dotted = [span for span in spans(page, r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+(\(.*\))?") if not is_file(span)]
    assert [
        f"{span}: {there} has no {name}"
        for span in dotted
        for there, name in zip(span.split("."), re.sub(r"\(.*", "", span).split(".")[1:], strict=False)
        if name not in defined.get(there, anywhere)
    ] == []


def test_every_class_on_the_page_of_the_rooms_is_defined(defined):
    assert [name for name in spans("book/rooms.md", r"(?!My)[A-Z]\w*[a-z]\w*") if name not in defined] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_test_that_a_page_for_maintainers_names_is_there(page):
    folders = {path.parts[0] for path in FILES if path.parts[1:]}
    named = [
        re.sub(r"NN-\w+", "*", name).rstrip("/")
        for name in spans(page, r"[\w.*/-]+")
        if (name.partition("/")[0] in folders and "/" in name) or name.endswith((".py", ".js", ".css"))
    ]
    tests = [f"{name}.py" for name in spans(page, r"test_\w+")]
    assert [name for name in {*named, *tests} - ELSEWHERE if not is_file(name)] == []


def test_the_way_of_an_answer_is_what_really_happens(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    listings = re.findall("^```pycon\n(.*?)^```", (ROOT / "book/rooms.md").read_text(), re.DOTALL | re.MULTILINE)
    way, told = doctest.DocTestParser().get_doctest("\n".join(listings), {}, "rooms.md", None, 0), []
    assert doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(way, out=told.append).attempted > 20
    assert "".join(told) == ""
