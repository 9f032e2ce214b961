"""Questions whose answer is a number, with a field in which a page takes it."""

import json
from html import escape


class Question:
    """Fields for the numbers that a question asks for, which the chapter computes where it asks.

    A page makes of it what `book/_static/live/question.js` says; elsewhere there is only the folded answer below.

    Parameters
    ----------
    answers : dict of str to number
        What each field is called, and its number. A fraction is right if it rounds to the number given.
    wrong : dict of number to str
        For a likely wrong number, what it looks like.
    """

    def __init__(self, answers, wrong=()):
        self.answers = {name: f"{answer:.12g}" for name, answer in answers.items()}
        self.wrong = {f"{number:.12g}": remark for number, remark in dict(wrong).items()}

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = escape(json.dumps({"answers": self.answers, "wrong": self.wrong}, ensure_ascii=False))
        return {
            "text/html": f'<live-question data-question="{data}"></live-question>',
            "text/plain": ", ".join(self.answers),
        }
