"""Keep the chapters' notebooks equal to the text that they are made from.

A chapter is edited as book/NN-slug.md (MyST Markdown) and read as book/NN-slug.ipynb, which is made from it by running
every cell; so is every other page that names a kernel. Both are committed: the book renders the notebook, and nbval
proves that its outputs are still true.

    python tools/chapters.py refresh    run the chapters whose text, notebook, reference or figures changed
    python tools/chapters.py check      say where a notebook differs from its text; runs nothing
"""

import argparse
import contextlib
import difflib
import hashlib
import importlib.metadata
import json
import re
import resource
import sys
from modulefinder import ModuleFinder
from pathlib import Path

import jupytext
import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parents[1]
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
OUTPUTS_HANG_ON = ("ipython", "matplotlib", "numpy")  # the packages that decide what is printed and drawn
TAGS = {"asked", "hide-cell", "hide-input", "hide-output", "remove-input", "nbval-ignore-output"}


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
    orphans = [
        f"{path.name} has no {path.with_suffix('.md').name} that it could be made from"
        for path in sorted(book.glob("*.ipynb"))
        if not path.with_suffix(".md").exists()
    ]
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
    executed = stored.metadata.pop("executed", {})
    before, after = outline(stored), outline(wanted)
    if before != after:
        difference = difflib.unified_diff(before, after, path.name, text.name, lineterm="", n=2)
        return f"{path.name} differs from {text.name}\n" + "\n".join(difference)
    complaint = idle(stored) or outdated(executed) or unknown_tags(wanted)
    return f"{path.name} {complaint}" if complaint else None


def idle(notebook):
    """Return which cells never ran, in words, or None."""
    cells = [
        str(number)
        for number, cell in enumerate(notebook.cells, 1)
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None
    ]
    return f"has cells that never ran: {', '.join(cells)}" if cells else None


def outdated(executed):
    """Return with which versions, other than the pinned ones, a notebook was executed, in words, or None."""
    made = executed.get("versions", {})
    for package, version in pins().items():
        if package in OUTPUTS_HANG_ON and made.get(package) != version:
            return f"was executed with {package} {made.get(package, 'unknown')}; requirements.txt pins {version}"
    return None


def unknown_tags(notebook):
    """Return which tags mean nothing here, in words, or None: a misspelt one would be ignored by all who read it."""
    tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])} - TAGS
    return f"has unknown tags: {', '.join(sorted(tags))}. Known are: {', '.join(sorted(TAGS))}" if tags else None


def pins():
    """Return the version of each package that requirements.txt names."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M))


def outline(notebook):
    """Return everything in a notebook that its text decides, as lines that make a readable difference."""
    lines = [f"%% notebook {json.dumps(notebook.metadata, sort_keys=True)}"]
    for cell in notebook.cells:
        lines += [
            f"%% {cell.cell_type} {cell.id} {json.dumps(cell.metadata, sort_keys=True)}",
            *cell.source.splitlines(),
        ]
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
        print(f"{text.stem}: executing ...", end=" ", flush=True)
        try:
            notebook = execute(text)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
            print("FAILED")
            print(f"{text.stem}: the notebook stays as it was, because this happened:\n{plain}", file=sys.stderr)
            failed = True
            continue
        text.with_suffix(".ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        stamps.mkdir(parents=True, exist_ok=True)
        stamp.write_text(fingerprint(text))
        print("done")
    return failed


def execute(text):
    """Return the notebook of a chapter with its outputs. Its metadata tell how long that took, and with what."""
    notebook = notebook_of(text)
    client = NotebookClient(
        notebook,
        timeout=600,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # not the warning that it is reached by TCP
        resources={"metadata": {"path": str(text.parent)}},
    )
    start = cpu_seconds_of_children()
    client.execute()
    seconds = lasting(text.with_suffix(".ipynb"), cpu_seconds_of_children() - start)
    executed = {"seconds": seconds, "versions": versions()}
    # Without what the kernel adds: its full version, which differs from machine to machine.
    notebook.metadata = nbformat.from_dict(KERNEL | {"executed": executed})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.from_dict(canonical(output)) for output in cell.outputs]
    nbformat.validate(notebook)
    return notebook


def cpu_seconds_of_children():
    """Return the processor time of all kernels that ended; unlike a clock's, it hardly hangs on what else runs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def lasting(path, seconds):
    """Return a time to store: the one already stored, unless it is far off, so that noise makes no difference."""
    try:
        before = nbformat.read(path, as_version=4).metadata.executed.seconds
    except Exception:  # there is no notebook yet, or none that can be read
        before = 0
    return before if before and abs(seconds - before) <= max(1, before / 2) else max(1, round(seconds))


def versions():
    """Return the versions that decide what a chapter prints."""
    python = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    return python | {package: importlib.metadata.version(package) for package in OUTPUTS_HANG_ON}


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
    digest = hashlib.sha256(json.dumps(versions()).encode())
    for path in [text, text.with_suffix(".ipynb"), *modules(text)]:
        digest.update(path.read_bytes() if path.exists() else b"missing")
    return digest.hexdigest()


def modules(text):
    """Return the files of the course that a chapter imports, directly or by way of others."""
    finder = ModuleFinder(path=[str(text.parent), str(text.parents[1])])
    main = finder.add_module("__main__")
    for cell in notebook_of(text).cells:
        if cell.cell_type == "code":
            with contextlib.suppress(SyntaxError):  # running the cell will say what is wrong with it
                finder.scan_code(compile(TransformerManager().transform_cell(cell.source), text.name, "exec"), main)
    return sorted(Path(module.__file__) for module in finder.modules.values() if module.__file__)


if __name__ == "__main__":
    sys.exit(main())
