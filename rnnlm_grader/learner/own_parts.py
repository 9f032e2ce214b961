"""Gathers the parts of a language model that a learner has written, from the notebook that runs and from those nearby.

This executes the learner's code, so only the learner's own kernel may do it.
"""

import ast
import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeAlias

from rnnlm_ref import layers, model, optim, text, time_layers

from ..content import ASSIGNMENTS, asking_for
from ..engine.exam import Assignment
from ..notebooks.cell_code import plain_python, statements_of
from ..notebooks.reading import Unreadable
from ..notebooks.submission import cells_of, take_answers
from ..protocol.bench import bound_names, load_cells
from ..verdict.allowance import Allowance
from ..verdict.work import Work, examine_answer
from .check import borrows_reference, public_seeds
from .stopwatch import LOOK, SECONDS, LoopsLook, TimedCandidate, look_at_the_clock

#: The answers that a model is made of, and the finished parts in whose place they are put. MyTimeRNN may use MyRNN.
PARTS: dict[str, Any] = {
    "MyTimeEmbedding": time_layers.TimeEmbedding,
    "MyRNN": layers.RNN,
    "MyTimeRNN": time_layers.TimeRNN,
    "MyTimeAffine": time_layers.TimeAffine,
    "MyTimeSoftmaxWithLoss": time_layers.TimeSoftmaxWithLoss,
    "MyRnnlm": model.Rnnlm,
    "my_clip_grads": optim.clip_grads,
    "my_perplexity": text.perplexity,
}

KEPT_BY_JUPYTERLITE = """(async () => {
  const ask = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const lab = location.pathname.slice(0, location.pathname.lastIndexOf("/lab/") + 5);  // a host may have several books
  const { name } = (await indexedDB.databases()).find(({ name }) => name === `JupyterLite Storage - ${lab}`);
  const files = await ask((await ask(indexedDB.open(name))).transaction("files").objectStore("files").getAll());
  return JSON.stringify(files.map((file) => [file.last_modified, file.name, file.content]));
})().catch(() => "[]")"""  # a browser may refuse to keep anything
Names: TypeAlias = dict[str, Any]  # what a notebook or a module has defined, by name
Saved: TypeAlias = tuple[Any, str, object]  # when a notebook was saved, its name, and the notebook as plain data


@dataclass(frozen=True)
class Part:
    """A part of the model: the learner's answer, or the finished part that stands in for it."""

    slug: str
    used: Any  # a class or a function
    flaw: str  # why a finished part stands in for the answer; empty where the answer is used


def gather(notebooks: Mapping[str, Iterable[object]], at_hand: Names) -> dict[str, Part]:
    """Return a `Part` for each of `PARTS`, by its name.

    `notebooks` maps the slug of an exercise to its notebooks as plain data, the newest first; `at_hand` is what the
    notebook that runs has defined, by name. The first answer that is right counts: an exercise that was downloaded
    once more, and is empty, hides no work.
    """
    elsewhere = {slug: [load(each, ASSIGNMENTS[slug].names) for each in found] for slug, found in notebooks.items()}
    parts: dict[str, Part] = {}
    for name in PARTS:
        assignment = asking_for(name)
        others = elsewhere.get(assignment.slug, [])
        for names in others:
            put_own(parts, names)
        parts[name] = choose(assignment, name, [at_hand, *others] if name in at_hand else others)
    return parts


def choose(assignment: Assignment, name: str, spaces: Iterable[Names]) -> Part:
    """Return the first right answer of that name, or else what stands in for it."""
    flaws: list[str] = []
    for names in spaces:
        flaws.append(find_flaw(assignment, name, names))
        if not flaws[-1]:
            return Part(assignment.slug, names[name], "")
    return Part(assignment.slug, PARTS[name], next(iter(flaws), "no notebook of that exercise is beside this one"))


def put_own(parts: Mapping[str, Part], names: Names) -> Names:
    """Put the learner's parts in the place of finished ones, whatever these are called; return what stood there."""
    own = {id(PARTS[name]): part.used for name, part in parts.items() if not part.flaw}
    before = {name: value for name, value in names.items() if id(value) in own}
    names.update({name: own[id(value)] for name, value in before.items()})
    return before


def find_flaw(assignment: Assignment, name: str, names: Names) -> str:
    """Say why an answer can't be used; '' if it can."""
    if name not in names:
        return "not defined there"
    if borrows_reference(names[name], assignment.lent.get(name, ())):
        return "it is the finished one"
    candidate = TimedCandidate(**{name: names[name]})
    work = examine_answer(Work(assignment, name), candidate, public_seeds, Allowance(SECONDS))
    return "" if work.is_right else "its checks don't pass yet"


def load(notebook: object, wanted: Iterable[str]) -> Names:
    """Execute the answers of a notebook, and whatever they need of its other cells; return what these define."""
    names: Names = {LOOK: look_at_the_clock}
    with contextlib.suppress(Unreadable):
        order = take_answers(cells_of(notebook), dict.fromkeys(wanted, "")).order
        load_cells([(cell, definitions(source)) for cell, source in order], names)
    return names


def definitions(source: str) -> str:
    """Return the definitions of a cell, with loops that look at the clock. The checks below an answer aren't run."""
    tree = ast.Module([node for node in statements_of(plain_python(source)) if bound_names(node)], [])
    return ast.unparse(LoopsLook().visit(tree))


async def nearby() -> dict[str, list[object]]:
    """Return the notebooks of each exercise, by slug: of this folder and those beside it, or of this browser."""
    files = await in_browser() if sys.platform == "emscripten" else in_folders()
    newest_first = sorted(files, key=itemgetter(0, 1), reverse=True)
    return {slug: [notebook for _, name, notebook in newest_first if name.startswith(slug)] for slug in ASSIGNMENTS}


def in_folders() -> Iterator[Saved]:
    """Yield when a notebook was saved, its name, and the notebook as plain data, or None where it can't be read."""
    for slug in ASSIGNMENTS:
        for path in [*Path().glob(f"{slug}*.ipynb"), *Path().glob(f"../{slug}*/{slug}*.ipynb")]:
            try:
                notebook = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                notebook = None
            yield path.stat().st_mtime, path.name, notebook


async def in_browser() -> Iterable[Saved]:
    """Return the same of the notebooks that JupyterLite keeps."""
    from pyodide.code import run_js

    return json.loads(await run_js(KEPT_BY_JUPYTERLITE))
