"""Pack everything that a student needs into one file, which the book offers for download: book, exercises and checks.

Of the exercises it holds those that a page of the book offers, so that a teacher leaves one out in one place. The
checks compare with right answers, so `answers_in_download` in _config.yml names the exercises that have checks there.
"""

import importlib
import re
import zipfile
from pathlib import Path

from sphinx.errors import ConfigError

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.offers import offered_notebooks

from .lab import FOLDER as LAB_FOLDER

KIT = "rnnlm-exercises"
PARTS = (
    "rnnlm_ref/*.py",
    "rnnlm_ref/*.json",
    "rnnlm_ref/*.txt",
    "rnnlm_figures/*.py",
    "rnnlm_figures/*.npz",
    "rnnlm_figures/fonts/*",
    "pyproject.toml",
    "LICENSE*",
)
WITHOUT_ANSWERS = ("rnnlm_grader/notebooks/*.py", "rnnlm_grader/files.py", "rnnlm_grader/refusal.py")
# In the kit there is nothing to download, and no lab for the browser: JupyterLab is there.
LINK_TO_KIT = re.compile(rb'href="[^"]*/' + KIT.encode() + rb'\.zip"')
NEEDS_LAB = re.compile(rb'<div class="lab-offer.*?</div>|<rnnlm-practice .*?</rnnlm-practice>', re.DOTALL)


def reserve_place(app):
    """Put an empty file where pages look for the kit: it is packed last, because it holds the pages."""
    folder = Path(app.srcdir, "_build", "student-kit")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{KIT}.zip").touch()


def pack(app, exception):
    """Write the kit wherever a page of the book offers it."""
    if exception or app.builder.name != "html":
        return
    for path in Path(app.outdir, "_downloads").glob(f"*/{KIT}.zip"):
        with zipfile.ZipFile(path, "w") as kit:
            for name, content in contents(Path(app.srcdir), Path(app.outdir), app.config.answers_in_download):
                entry = zipfile.ZipInfo(f"{KIT}/{name}")
                entry.external_attr = 0o644 << 16
                kit.writestr(entry, content, zipfile.ZIP_DEFLATED)


def contents(root, html, with_answers):
    """Yield the name and the bytes of each file in the kit."""
    parts = [path for part in PARTS for path in sorted(root.glob(part))]
    for path in [*offered_notebooks(root), *parts, *grader_modules(root, with_answers)]:
        yield path.relative_to(root).as_posix(), path.read_bytes()
    if not with_answers:
        for path in sorted(root.glob("book/_kit/without_answers/*.py")):
            yield f"rnnlm_grader/{path.name}", path.read_bytes()
    for path in sorted(root.glob("book/_kit/*.*")):
        yield path.name, path.read_bytes()
    yield "constraints.txt", (root / "requirements.txt").read_bytes()
    for path in sorted(root.glob("jupyter/**/*.js*")):
        yield path.relative_to(root).as_posix(), path.read_bytes()
    for path in sorted(html.rglob("*")):
        name = path.relative_to(html)
        if path.is_file() and path.name != f"{KIT}.zip" and name.parts[0] != LAB_FOLDER:
            content = path.read_bytes()
            yield f"book/{name.as_posix()}", page_of_kit(content) if path.suffix == ".html" else content


def grader_modules(root, with_answers):
    """Return the paths of the grader's modules, with the answers to the exercises in `with_answers` only.

    Raise a `ConfigError` for an exercise that isn't there, or that needs the answers to one that isn't named.
    """
    if not with_answers:
        return [path for part in WITHOUT_ANSWERS for path in sorted(root.glob(part))]
    if unknown := set(with_answers) - ASSIGNMENTS.keys():
        raise ConfigError(f"answers_in_download in _config.yml names {', '.join(sorted(unknown))}, but there is none")
    paths = sorted(root.glob("rnnlm_grader/**/*.py"))
    for criteria in sorted(root.glob("rnnlm_grader/content/*/criteria.py")):
        home = criteria.parent
        assignment = importlib.import_module(f"rnnlm_grader.content.{home.name}.criteria").ASSIGNMENT
        if assignment.slug not in with_answers:
            paths = [path for path in paths if path.parent != home]
            mention = re.compile(rf"\.\.{home.name}\.|\b(?:{'|'.join(assignment.names)})\b")
            if needing := [path.relative_to(root) for path in paths if mention.search(path.read_text())]:
                raise ConfigError(
                    f"answers_in_download in _config.yml lacks {assignment.slug}, which {needing[0]} needs. "
                    "Name it, or leave the list empty"
                )
    return paths


def page_of_kit(content):
    """Return a page of the book as the kit has it."""
    return NEEDS_LAB.sub(b"", LINK_TO_KIT.sub(b'href="at-home.html"', content))


def setup(app):
    app.add_config_value("answers_in_download", [], "", types=[list])
    app.connect("builder-inited", reserve_place)
    app.connect("build-finished", pack, priority=900)  # after whatever still changes files of the book
