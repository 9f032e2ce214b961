"""Put the map of the model below the title of each chapter, with the chapter's own part lit: you are here."""

import re

from rnnlm_figures.loop import LIT, you_are_here


def put_map(app, pagename, templatename, context, doctree):
    """Put the map below the title of a page that has a part in the model."""
    page = pagename.removeprefix("book/")
    if page in LIT:
        title = re.compile(r"<h1>.*?</h1>", re.DOTALL)
        here = f'<nav class="here" aria-label="You are here">{you_are_here(page)}</nav>'
        context["body"] = title.sub(lambda match: match[0] + here, context["body"], count=1)


def setup(app):
    app.connect("html-page-context", put_map)
