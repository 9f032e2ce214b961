"""Take the scripts out of the pages that would fetch code from another host.

Jupyter Book always loads sphinx-thebe, which would run the cells on a public server and whose own script has an error
that shows in the browser's console. The book offers its notebooks for the reader's own machine instead.
"""


def drop_thebe(app, pagename, templatename, context, doctree):
    context["script_files"] = [script for script in context["script_files"]
                               if "thebe" not in f"{script.filename} {script.attributes.get('body')}".lower()]


def setup(app):
    app.connect("html-page-context", drop_thebe, priority=900)  # after all those that add scripts
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
