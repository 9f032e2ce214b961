"""What the course's pages share: how a template is filled in, and links from a page to what lies beside it."""

import os
import urllib.parse
from pathlib import Path

import jinja2
from markupsafe import Markup
from nbgrader.coursedir import CourseDirectory

from ..explaining.words import clean
from ..learner.page import with_code
from .messages import name_some, one_line


def template(name: str) -> jinja2.Template:
    """A page of the course, with everything escaped that isn't markup of its own."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        one_line=one_line, name_some=name_some, code=code, number=number, listing=lambda text: clean(text, 20_000)
    )
    return environment.get_template(name)


def code(text: str) -> Markup:
    """Escape a sentence and set what is between backticks as code."""
    return Markup(with_code(clean(text, 1000)))


def number(value: float) -> str:
    """Write a mark: 18, 17.5, 3.25."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def relative(target: Path, page: Path) -> str:
    """A link from a page to a file or folder on the same machine."""
    return urllib.parse.quote(os.fsencode(Path(os.path.relpath(target, page.parent)).as_posix()))


def built_book(coursedir: CourseDirectory, page: Path) -> str:
    """A link from a page to the book that `make book` built."""
    return relative(Path(coursedir.root, "_build", "html", "book"), page)
