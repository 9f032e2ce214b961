"""Keep the chapters' notebooks equal to the text that they are made from.

A chapter is edited as book/NN-slug.md (MyST Markdown) and read as book/NN-slug.ipynb, which is made from it by running
every cell; so is every other page that names a kernel. Both are committed: the book renders the notebook, and nbval
proves that its outputs are still true.

    python tools/chapters.py refresh    run the chapters whose text, notebook, reference or figures changed
    python tools/chapters.py check      say where a notebook differs from its text; runs nothing
"""
import argparse
import difflib
import hashlib
import json
import re
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[1]
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
          "language_info": {"name": "python"}}


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["refresh", "check"])
    parser.add_argument("--all", action="store_true", help="refresh: run every chapter, changed or not")
    options = parser.parse_args(argv)
    book = ROOT / "book"
    if options.verb == "check":
        problems = check(book)
        print("\n\n".join(problems) or "Every chapter's notebook equals its text.")
        if problems:
            print("\nEdit the .md, never the .ipynb. Then run: make chapters")
        return bool(problems)
    return refresh(book, stamps=ROOT / "_build" / "chapters", everything=options.all)


def sources(book):
    """Return the texts that are executed: those that name a kernel. The others are plain pages."""
    return sorted(path for path in book.glob("*.md") if path.read_text(encoding="utf-8").startswith("---\nkernelspec:"))


def check(book):
    """Return one message for each chapter whose notebook isn't what its text says."""
    twins = [problem for text in sources(book) if (problem := drift(text))]
    orphans = [f"{path.name} has no {path.with_suffix('.md').name} that it could be made from"
               for path in sorted(book.glob("*.ipynb")) if not path.with_suffix(".md").exists()]
    return twins + orphans


def drift(text):
    """Return how a chapter's notebook differs from its text, or None."""
    path = text.with_suffix(".ipynb")
    if not path.exists():
        return f"{path.name} is missing"
    try:
        stored = nbformat.read(path, as_version=4)
    except Exception as error:
        return f"{path.name} can't be read as a notebook: {error}"
    wanted = notebook_of(text)
    before, after = outline(stored), outline(wanted)
    if before != after:
        difference = difflib.unified_diff(before, after, path.name, text.name, lineterm="", n=2)
        return f"{path.name} differs from {text.name}\n" + "\n".join(difference)
    idle = [number for number, cell in enumerate(stored.cells, 1)
            if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None]
    if idle:
        return f"{path.name} has cells that never ran: {', '.join(map(str, idle))}"
    return None


def outline(notebook):
    """Return everything in a notebook that its text decides, as lines that make a readable difference."""
    lines = [f"%% notebook {json.dumps(notebook.metadata, sort_keys=True)}"]
    for cell in notebook.cells:
        lines += [f"%% {cell.cell_type} {cell.id} {json.dumps(cell.metadata, sort_keys=True)}",
                  *cell.source.splitlines()]
    return lines


def notebook_of(text):
    """Return the notebook, not executed, that a chapter's text describes."""
    notebook = jupytext.read(text, fmt="md:myst")
    notebook.metadata = nbformat.from_dict(KERNEL)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen = {}
    for cell in notebook.cells:
        # Named by content, so that a new cell doesn't rename all the cells after it.
        digest = hashlib.sha256(f"{cell.cell_type} {cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return notebook


def refresh(book, stamps, everything=False):
    """Run the chapters that changed and store their outputs. Returns whether one failed."""
    failed = False
    for text in sources(book):
        stamp = stamps / f"{text.stem}.sha256"
        if not everything and stamp.exists() and stamp.read_text() == fingerprint(text) and not drift(text):
            print(f"{text.stem}: unchanged")
            continue
        try:
            notebook = execute(text)
        except CellExecutionError as error:
            plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
            print(f"{text.stem}: FAILED, its notebook stays as it was\n{plain}", file=sys.stderr)
            failed = True
            continue
        text.with_suffix(".ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        stamps.mkdir(parents=True, exist_ok=True)
        stamp.write_text(fingerprint(text))
        print(f"{text.stem}: executed")
    return failed


def execute(text):
    notebook = notebook_of(text)
    client = NotebookClient(notebook, timeout=600, record_timing=False, coalesce_streams=True,
                            resources={"metadata": {"path": str(text.parent)}})
    client.execute()
    notebook.metadata = nbformat.from_dict(KERNEL)  # the kernel adds its version, which differs from machine to machine
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.from_dict(canonical(output)) for output in cell.outputs]
    nbformat.validate(notebook)
    return notebook


def canonical(value):
    """Return an output without what differs from run to run or tells where it ran."""
    if isinstance(value, dict):
        return {key: canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if isinstance(value, str):
        value = value.replace(f"{ROOT}/", "").replace(sys.prefix, "python")
        value = re.sub(r"/tmp/ipykernel_\d+/\d+\.py", "cell", value)
        return re.sub(r"0x[0-9a-f]{8,}", "0x…", value)
    return value


def fingerprint(text):
    """Return a digest of all that a chapter's outputs depend on, and of the notebook that holds them."""
    digest = hashlib.sha256()
    package = text.parents[1] / "rnnlm_ref"
    for path in [text, text.with_suffix(".ipynb"), *sorted(text.parent.glob("*.py")), *sorted(package.glob("*.py"))]:
        digest.update(path.read_bytes() if path.exists() else b"missing")
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
