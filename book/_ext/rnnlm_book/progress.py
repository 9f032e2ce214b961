"""List the exercises that pages offer, with their points. `_static/live/progress.js` fills in the reader's own."""

from pathlib import Path

from docutils import nodes

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.offers import OFFER

from .tables import Table


class ExerciseList(Table):
    """The exercises in the order of the chapters, with what each asks for; the script knows the element around them."""

    head = "exercise | points"

    def run(self):
        return [
            nodes.raw("", "<live-progress>", format="html"),
            *super().run(),
            nodes.raw("", "</live-progress>", format="html"),
        ]

    def rows(self):
        for path in sorted(Path(self.env.srcdir, "book").glob("[0-9]*.md")):
            for slug in OFFER.findall(self.read(f"book/{path.name}")):
                names = ", ".join(f"`{name}`" for name in ASSIGNMENTS[slug].names)
                points = sum(criterion.points for criterion in ASSIGNMENTS[slug].criteria)
                yield f"{{exercise}}`{slug} <{slug}>`, after []({path.stem}): {names}", str(points)


def setup(app):
    app.add_directive("exercise-list", ExerciseList)
