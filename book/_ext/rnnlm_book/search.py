"""Keep pages that learners don't look for out of the search: those whose text begins with `nosearch: true`.

Sphinx leaves out the text of such a page, but not its title.
"""


def leave_out(app):
    """Forget what was indexed of these pages. Sphinx writes the index right after the pages that extensions make."""
    if indexer := getattr(app.builder, "indexer", None):
        indexer.prune([page for page in app.env.all_docs if "nosearch" not in app.env.metadata[page]])
    return []


def setup(app):
    app.connect("html-collect-pages", leave_out)
