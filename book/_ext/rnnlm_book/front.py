"""What only the front page shows: the model half-way through a sentence, and a check of an answer that is nearly right.

Both are made when the page is built, so neither can show what the course no longer does.
"""

import textwrap
from dataclasses import replace

import numpy as np
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from rnnlm_figures.rnnlm import who_is_it_about
from rnnlm_grader.explaining.words import BOOK
from rnnlm_grader.learner.check import checked
from rnnlm_grader.learner.page import page
from rnnlm_grader.verdict.report import outline
from rnnlm_ref.generate import next_word_probabilities
from rnnlm_ref.pretrained import animal_factors, farm_model, states_after

BEFORE = ["the", "bee", "near", "the", "wood", "buzzes", "."]  # as in farm.js
SUMMARY = "What the check says"


class HalfRead(SphinxDirective):
    """The picture in whose place the live farm begins: what the model makes of some words."""

    has_content = True

    def run(self):
        heard = " ".join(self.content).split()
        model, vocabulary = farm_model(np.float64)
        animals, factors = animal_factors(model, vocabulary)
        states = states_after(model, vocabulary, BEFORE + heard)[len(BEFORE) :]
        p = next_word_probabilities(model.layers[-1].forward(states[np.newaxis])[0, -1])
        picture = who_is_it_about(
            heard,
            dict(zip(animals, (states @ factors).T, strict=True)),
            {vocabulary.tokens[v]: p[v] for v in np.argsort(-p)[:4]},
        )
        return [nodes.raw("", f'<figure class="drawing">{picture.svg}</figure>', format="html")]


class Checked(SphinxDirective):
    """The last method of a class and, folded, the mistake that the check of a part names in it, as in a notebook."""

    required_arguments = 2
    has_content = True

    def run(self):
        name, part = self.arguments
        source = "\n".join(self.content)
        names = {"np": np}
        exec(source, names)  # the page's own text
        finding = checked(name, names[name], part, hidden=False)
        if finding.is_right:
            raise self.error(f"The check finds nothing wrong with {name}.")
        shown = textwrap.dedent(source[source.rindex("    def ") :])
        (heading, (item, *_)), *_ = outline(finding.results)
        section = dict(item.blocks)["read"]
        item = replace(item, blocks=tuple(block for block in item.blocks if block[0] in ("likely", "read")))
        before, after = page([([(heading, [item])], [])]).split(f"{BOOK}/{section}")
        (read,) = self.parse_text_to_nodes(f"[](#{section.partition('#')[2]})")
        return [
            nodes.literal_block(shown, shown, language="python"),
            nodes.raw("", f'<details class="check-report"><summary>{SUMMARY}</summary>{before}', format="html"),
            nodes.inline("", "", *read.children),
            nodes.raw("", f"{after}</details>", format="html"),
        ]


def setup(app):
    app.add_directive("half-read", HalfRead)
    app.add_directive("checked", Checked)
