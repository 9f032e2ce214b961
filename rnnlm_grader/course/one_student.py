"""Lists what became of each criterion of one student, so that a mark can be recomputed by hand."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from nbgrader.coursedir import CourseDirectory

from ..content import ASSIGNMENTS
from ..explaining.words import clean
from ..refusal import Refusal
from ..verdict.marks import State, earned
from .class_marks import read_class
from .folders import of_assignment

SIGNS = {State.HOLDS: "✓", State.COSTS: "✗", State.GIVEN: "≈", State.HELD_BACK: "…"}


def criteria_of(coursedir: CourseDirectory, student: str) -> Iterator[str]:
    """Yield lines: of each part its points, and of each criterion its number, its sign, what it earns, and why."""
    assignment = coursedir.assignment_id
    people = read_class(of_assignment(coursedir, assignment, only=[student]))
    if not people.students:
        raise Refusal(
            f"There is no student {clean(student)} in the course. An id is the name of a folder in submitted/."
        )
    found = next(iter(people.graded), None)
    if not (found and found.record.get("results")):
        raise Refusal(
            f"Nothing of {clean(student)} is graded in {assignment}. Grade it first: rnnlm-grade {assignment}"
        )
    shows = {(c.name, c.id): c.shows for c in ASSIGNMENTS[assignment].criteria}
    numbers: defaultdict[str, dict[str, int]] = defaultdict(dict)  # of the criteria of each name, by id
    said: dict[tuple[str, str], int] = {}  # (name, sentence or finding) → the criterion under which it stands
    for part in found.record["results"]:
        for each in part["criteria"]:
            numbers[part["name"]][each["id"]] = len(numbers[part["name"]]) + 1
    for part in found.record["results"]:
        name, own = part["name"], numbers[part["name"]]
        yield f"{name} · {part['part']}: {earned(part['criteria'])} of {part['max_points']} points"
        for each in part["criteria"]:
            number, title = own[each["id"]], shows.get((name, each["id"]), each["id"])
            why = reason(each, own)
            yield f"{number:4} {SIGNS[State(each['state'])]} {earned([each])} of {each['max_points']}  {title}{why}"
            named = dict.fromkeys(each.get("sentences", ()))
            finding = [each.get("said") or each["finding"]] if each["finding"] else []
            for what in named or finding:
                first = said.setdefault((name, what), number)
                told = f"as in {first}" if first != number else clean(what)
                yield f"       {f'Likely: {told}.' if named else told}"
    yield from map(clean, found.record.get("remarks", ()))
    yield f"{found.ranks(False)} points; {found.ranks(True)} if only ✓ counts. Marks by hand and lateness are left out."


def reason(criterion: Mapping[str, Any], numbers: Mapping[str, int]) -> str:
    """Name the rule by which a criterion doesn't hold, and the ✗ from which that follows; old records lack both."""
    if criterion["state"] == State.HOLDS:
        return ""
    because = ", ".join(str(number) for id, number in numbers.items() if id in criterion.get("because", ()))
    said = [f"rule {criterion['rule']}"] * ("rule" in criterion) + [f"because of {because}"] * bool(because)
    return f"  ({', '.join(said)})" if said else ""
