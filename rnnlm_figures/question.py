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
    wrong : dict of number to str, or of str to such a dict
        For a likely wrong number, what it looks like; of several fields, for each by its name.
    """

    def __init__(self, answers, wrong=()):
        by_field = dict(wrong) if len(answers) > 1 else {name: dict(wrong) for name in answers}
        if unknown := by_field.keys() - answers.keys():
            raise ValueError(f"remarks on {sorted(map(str, unknown))}, but the fields are {sorted(answers)}")
        self.fields = {
            name: {
                "answer": f"{answer:.12g}",
                "wrong": {f"{number:.12g}": remark for number, remark in by_field.get(name, {}).items()},
            }
            for name, answer in answers.items()
        }

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = escape(json.dumps(self.fields, ensure_ascii=False))
        return {
            "text/html": f'<live-question data-question="{data}"></live-question>',
            "text/plain": ", ".join(self.fields),
        }
