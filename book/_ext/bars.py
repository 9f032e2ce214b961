"""Say on the bar above a folded part of a cell what it unfolds; MyST-NB has one text for all bars.

Where a reader sees the code and its output is folded, that is a question: what does it print?
"""
import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class NameBars(SphinxPostTransform):
    formats = ("html",)
    default_priority = 198  # when one form of every output is chosen, and just before MyST-NB makes the bars

    def run(self):
        for cell in self.document.findall(nodes.container):
            if cell.get("hide_mode") == "output" and cell.children[0].get("nb_element") == "cell_code_source":
                cell["prompt_show"], cell["prompt_hide"] = "What does it print? Predict, then look", "It prints"
            elif cell.get("hide_mode"):
                cell["prompt_show"] = name_of(cell) or cell["prompt_show"]


def name_of(cell):
    """Return what a folded cell draws or lists, in words, or None."""
    if any(image["uri"].endswith(".svg") for image in cell.findall(nodes.image)):
        return "How this figure was drawn"
    found = re.search(r"^# rnnlm_ref/\w+\.py\n(?:class|def) (\w+)", cell.astext(), re.M)
    return found and f"The code of {found[1]}"


def setup(app):
    app.add_post_transform(NameBars)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
