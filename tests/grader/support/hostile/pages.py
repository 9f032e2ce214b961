"""What tries to get into the pages that students and instructors read: scripts, markup, control characters, floods."""

from .attacks import attack
from .handing_in import NOTHING, RIGHT, hands_in, notebook, with_cells

SCRIPTS = (
    "<script>alert(1)</script><img src=x onerror=alert(1)></pre></div><svg onload=alert(1)><base href=//x>"
    "<iframe src='javascript:alert(1)'></iframe><a href='javascript:alert(1)'>a</a><style>*{display:none}<!--"
)
TEMPLATES = "{{ 7*7 }}{% raw %}{{ config }}${7*7}$$x$$ \\(x\\)"
MARKDOWN = "\n```\n~~~\n</code></pre>\n# big\n[a](javascript:alert(1)) ![b](x)\n<script>alert(2)</script>\n"
CONTROLS = "\x1b[31mred\x1b]8;;http://x\x07\x9b2J \x08\x00\r\u202eesrever\u2066\u200b\ufeff\ue000"
EVERYTHING = SCRIPTS + TEMPLATES + MARKDOWN + CONTROLS

FAILS = "class MyEmbedding(MyEmbedding):\n    raise ValueError({})".format  # in a cell of its own, and counts

WORK = {
    "page-source": hands_in(notebook(f"{RIGHT}# {SCRIPTS}{TEMPLATES}\x1b[31m\u202e\u2066\x07\x9b\n"), 25, "alert"),
    "page-message": attack("raised ValueError", forward=f"raise ValueError({EVERYTHING!r})"),
    "page-prints": attack("should be an array", forward=f"print({EVERYTHING!r} * 10)"),
    "page-class": attack(
        "raised <script>",
        forward="raise Odd('boo')",
        header=f"Odd = type({SCRIPTS[:60]!r}, (Exception,), {{'__module__': 'builtins'}})",
    ),
    "page-type": attack(
        "object of type <script>", forward="return Odd()", header=f"Odd = type({SCRIPTS[:60]!r}, (), {{}})"
    ),
    "page-syntax": hands_in(notebook(f"class MyEmbedding: {SCRIPTS}\n"), 10, "raised SyntaxError"),
    "page-own-cells": hands_in(with_cells(FAILS(f"{MARKDOWN!r} + {SCRIPTS!r}"), at=99), 25, "raised ValueError"),
    "page-many-own-cells": hands_in(with_cells(*[FAILS("'<b>' + 'x' * 1000")] * 300, at=99), 25, "raised ValueError"),
    "page-file-name": hands_in(
        notebook(), 25, "handed in as", name="<img src=x onerror=alert(1)>`` {{7*7}} \u202e\n```\n# big \x1b[31m.ipynb"
    ),
    "page-file-name-bytes": hands_in(notebook(), 25, "handed in as", name="caf\udce9.ipynb"),
    "page-title": hands_in(
        notebook(NOTHING) | {"metadata": {"title": SCRIPTS, "authors": [{"name": SCRIPTS}]}}, 10, "takes no arguments"
    ),
    "page-long-message": attack("raised ValueError", forward="raise ValueError('<&\"' * 10**6)"),
    "page-blank-lines": hands_in(notebook(RIGHT + " \n" * 20_000 + "x = 1"), 25),
    "page-named-characters": hands_in(notebook("'''" + "\\N{" * 30_000), 10, "raised SyntaxError"),
}
