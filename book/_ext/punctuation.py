"""Keep a full stop or comma on the line of the formula that it follows: browsers may break a line between the two."""
import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class KeepPunctuation(SphinxPostTransform):
    formats = ("html",)
    default_priority = 500

    def run(self):
        for formula in list(self.document.findall(nodes.math)):
            following = formula.next_node(descend=False, siblings=True)
            found = isinstance(following, nodes.Text) and re.match(r"[.,;:?!)’]+", following)
            if found:
                rest = nodes.Text(following[found.end():])
                following.parent.replace(following, rest)
                kept = nodes.inline("", "", formula.deepcopy(), nodes.Text(found[0]), classes=["keep-together"])
                formula.replace_self(kept)


def setup(app):
    app.add_post_transform(KeepPunctuation)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
