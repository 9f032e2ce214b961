"""Writes a report as HTML for a notebook: what the text says, with long examples folded away.

It has no colours and no background of its own, so that it can be read in every theme.
"""

import itertools
import os
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, TypeAlias

from ..content.places import PLACES
from ..explaining.words import BOOK, clean
from ..verdict.report import Item
from .cells import shell

BOOK_URL = "RNNLM_BOOK_URL"  # in a kernel's environment: where students read the book, without book/
FRAME = "border-left: 3px solid currentColor; padding-left: 1em; margin: 0.6em 0; max-width: 60em"
INDENTED = "list-style: none; padding-left: 1em; margin: 0.3em 0"
BELOW = "margin: 0.3em 0 0.3em 1.4em"
PRICE = "margin-left: 1em; opacity: 0.8; white-space: nowrap"
CODE = f"{BELOW}; font-family: var(--jp-code-font-family, monospace); white-space: pre-wrap; word-break: normal"
LINE = "display: block; padding-left: 2em; text-indent: -2em"  # what is broken stands further in than its first line
Told: TypeAlias = tuple[Sequence[tuple[str, Sequence[Item]]], Sequence[str]]  # (parts, remarks); see `page`
Row: TypeAlias = tuple[str, ...]  # of a table


def say(text: str, html: str, metadata: dict[str, Any] | None = None) -> bool:
    """Display HTML in a notebook, with metadata, and return whether there is one; else print the text."""
    if not shell():
        print(text)
        return False
    from IPython.display import display

    display({"text/plain": text, "text/html": html}, metadata=metadata, raw=True)
    return True


def page(told: Iterable[Told], rows: Sequence[Row] = ()) -> str:
    """Write what is told of several answers, (parts, remarks) each, and a table of points, whose first row is its head.

    A part is (heading, items): see `report.outline`.
    """
    answers = [
        element("div", FRAME, "\n".join([*itertools.starmap(part, parts), *map(remark, remarks)]))
        for parts, remarks in told
    ]
    return "\n".join([*answers, *([table(*rows)] if rows else ())])


def remark(text: str) -> str:
    return element("div", "", escaped(text))


def part(heading: str, items: Iterable[Item]) -> str:
    below = "\n".join(element("li", "", item_in_html(item)) for item in items)
    return element("div", "", element("strong", "", escaped(heading))) + element("ul", INDENTED, below)


def item_in_html(item: Item) -> str:
    price = element("span", PRICE, escaped(item.price)) if item.price else ""
    return "\n".join([escaped(item.title) + price, *itertools.starmap(block, item.blocks)])


def block(kind: str, text: str) -> str:
    """Write what is told of a mistake; see `report.Item`."""
    if kind == "code":
        return code(text)
    if kind == "whole":
        return element("details", BELOW, element("summary", "", "The whole example, to run again") + code(text))
    return element("div", BELOW, sentence(kind, text))


def code(text: str) -> str:
    lines = escaped(text).splitlines(keepends=True)
    return element("pre", CODE, "".join(element("span", LINE, line) for line in lines))


def sentence(kind: str, text: str) -> str:
    """Write a block that is no code."""
    if kind == "likely":
        word, _, text = text.partition(": ")
        return f"{element('strong', '', f'{escaped(word)}:')} {with_code(text)}"
    if kind != "read":
        return with_code(text)
    if url := os.environ.get(BOOK_URL):
        address = escape(f"{url.rstrip('/')}/{BOOK}/{text}")
        return f'Read: <a href="{address}" target="_blank" rel="noopener">{escaped(place_in_words(text))}</a>'
    return f"Read: {BOOK}/{escaped(text)}"


def place_in_words(section: str) -> str:
    """Say in words where a link leads: '06-softmax-masking.html#softmax-mask' → 'chapter 6, The mask'."""
    page, _, anchor = section.partition(".html")
    chapter = re.match(r"0*(\d+)-", page)
    heading = PLACES.get(section) or anchor.lstrip("#").replace("-", " ")
    return ", ".join(filter(None, [f"chapter {chapter[1]}" if chapter else page.replace("-", " "), heading]))


def with_code(text: str) -> str:
    """Write a sentence, in which code stands between backticks."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escaped(text))


def table(names: Row, *rows: Row) -> str:
    head, *body = (
        element("tr", "", "".join(element(tag, "text-align: left", escaped(cell)) for cell in row))
        for tag, row in [("th", names), *(("td", row) for row in rows)]
    )
    return f"<table><thead>{head}</thead><tbody>{''.join(body)}</tbody></table>"


def escaped(text: str) -> str:
    """Make text harmless: what it holds of the student's is no HTML."""
    return escape(clean(text, 20_000))


def element(tag: str, style: str, inner: str) -> str:
    return f"<{tag} style='{style}'>{inner}</{tag}>" if style else f"<{tag}>{inner}</{tag}>"
