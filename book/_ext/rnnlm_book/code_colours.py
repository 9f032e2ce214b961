"""Give x, h, W and gradients in code, and in its comments, the colours that they have in formulas and figures."""

import re

from pygments.lexers import PythonLexer
from pygments.token import Comment, Name

KINDS = {  # the kind of a name → how such names are written
    Name.Gradient: r"d(?:out|[xhczW])(?:[sxhciofg]|_\w+)?",
    Name.Input: r"xs?(?:_\w+)?",
    Name.State: r"hs?(?:_\w+)?",
    Name.Weight: r"W[xh]?(?:_\w+)?",
}
WORDS = re.compile(rf"(?<!\w)(?:{'|'.join(f'({names})' for names in KINDS.values())})(?!\w)")


class Coloured(PythonLexer):
    """Python in which each of these names, also in a comment, is a token of its kind."""

    name = "Python, in the book's colours"

    def get_tokens_unprocessed(self, text):
        for start, kind, value in super().get_tokens_unprocessed(text):
            if kind not in Name and kind not in Comment:
                yield start, kind, value
                continue
            at = 0
            for word in WORDS.finditer(value):
                if at < word.start():
                    yield start + at, kind, value[at : word.start()]
                yield start + word.start(), list(KINDS)[word.lastindex - 1], word[0]
                at = word.end()
            if at < len(value):
                yield start + at, kind, value[at:]


def setup(app):
    app.add_lexer("python", Coloured)
