"""Lists what became of each criterion of one student, so that a mark can be recomputed by hand."""

from ..content import ASSIGNMENTS
from ..explaining.words import clean
from ..refusal import Refusal
from ..verdict.marks import State, earned
from .folders import of_assignment
from .marks import read_class

SIGNS = {State.HOLDS: "✓", State.COSTS: "✗", State.GIVEN: "≈", State.HELD_BACK: "…"}


def criteria_of(coursedir, student):
    """Yield lines: of each part its points, and of each criterion its sign, what it earns, and what it hangs on."""
    assignment = coursedir.assignment_id
    found = next(iter(read_class(of_assignment(coursedir, assignment, only=[student])).graded), None)
    if not (found and found.record.get("results")):
        raise Refusal(
            f"Nothing of {clean(student)} is graded in {assignment}. Grade it first: rnnlm-grade {assignment}"
        )
    shows = {(c.name, c.id): c.shows for c in ASSIGNMENTS[assignment].criteria}
    for part in found.record["results"]:
        yield f"{part['name']} · {part['part']}: {earned(part['criteria'])} of {part['max_points']} points"
        for each in part["criteria"]:
            title = shows.get((part["name"], each["id"]), each["id"])
            ids = each.get("because", ())  # a frozen record may be older
            because = [shows.get((part["name"], id), id) for id in ids]
            follows = f"  (hangs on: {'; '.join(because)})" if because else ""
            points = earned([each])
            yield f"  {SIGNS[State(each['state'])]} {points} of {each['max_points']}  {title}{follows}"
            sentences = dict.fromkeys(each.get("sentences", ()))
            yield from (f"      Likely: {clean(sentence)}." for sentence in sentences)
            if each["finding"] and not sentences:
                yield f"      {clean(each['finding'])}"
    yield from map(clean, found.record.get("remarks", ()))
    yield f"{found.ranks(False)} points; {found.ranks(True)} if only ✓ counts. Marks by hand and lateness are left out."
