"""Replace the roles that docutils gives to citations and that ARIA has given up since."""


def mend_citations(app, pagename, templatename, context, doctree):
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app):
    app.connect("html-page-context", mend_citations)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
