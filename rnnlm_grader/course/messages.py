"""What a run tells the instructor, in lines; whatever comes from a student is made harmless in them."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sized
from typing import TYPE_CHECKING

from ..explaining.words import clean

if TYPE_CHECKING:  # these say it with the functions below
    from .batch import Tally
    from .class_marks import ClassMarks, StudentMarks


def one_line(text: object, most: int = 400) -> str:
    """A text of any origin as one harmless line; what isn't UTF-8 in the name of a file as the codes of its bytes."""
    return " ".join(clean(str(text).encode(errors="backslashreplace").decode(), most).split())


def name_all(students: Iterable[str]) -> str:
    """Join the names of students."""
    return ", ".join(sorted(map(one_line, students)))


def name_some(students: Iterable[str]) -> str:
    """Join the first ten of some students."""
    in_order = sorted(students)
    return f"{name_all(in_order[:10])}{' ...' if len(in_order) > 10 else ''}"


def summary(tally: Tally, marks: ClassMarks, stale: Sized) -> Iterator[str]:
    """Yield what was done, the marks as an export writes them, and whose feedback is stale, in lines."""
    yield (
        f"{marks.assignment}: {len(tally.graded)} graded, {len(tally.unchanged)} unchanged, "
        f"{len(tally.failed)} failed ({tally.examined} examined)"
    )
    late = sum(student.penalty > 0 for student in marks.graded)
    if late or tally.repriced:
        yield f"late penalties: {late}{f' ({len(tally.repriced)} changed)' if tally.repriced else ''}"
    if points := sorted(student.mark for student in marks.graded):
        low, middle, high = (f"{round(mark, 4):g}" for mark in (points[0], statistics.median(points), points[-1]))
        yield f"{len(points)} mark{'s' if len(points) > 1 else ''}: lowest {low}, median {middle}, highest {high}"
    yield from outcome_lines(tally)
    yield from unread_lines(tally)
    yield from marks_to_look_at(marks, marks.graded)
    if stale:
        yield (
            f"the feedback of {len(stale)} student{'s' if len(stale) > 1 else ''} was made before their last marks. "
            f"Run: nbgrader generate_feedback {marks.assignment}"
        )


def outcome_lines(tally: Tally) -> Iterator[str]:
    """Yield whose marks a run changed, and who has none, in lines."""
    yield from changed_lines(tally.changed)
    yield from moved_lines(tally.moved)
    for reason, _ in Counter(tally.failed.values()).most_common():
        yield f"no mark for {name_some(student for student, why in tally.failed.items() if why == reason)}: {reason}"


def changed_lines(changed: Mapping[str, tuple[float, float | None]]) -> Iterator[str]:
    """Say whose marks a run changed and by how much, in lines; `changed` is that of a `Tally`."""
    if changed:
        yield f"marks changed: {len(changed)}"
    for student, (before, now) in sorted(changed.items()):
        yield f"  {one_line(student)}: {before:g} -> " + ("no mark" if now is None else f"{now:g} ({now - before:+g})")


def moved_lines(moved: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Say which criteria give the same work other points than before, in lines; `moved` is that of a `Tally`."""
    if moved:
        yield f"criteria that give the same work other points: {len(moved)}"
    for name, students in sorted(moved.items(), key=lambda item: -len(item[1])):
        yield f"  {name}: {sum(students.values()):+d} in all, for {name_some(students)}"


def unsettled_lines(assignment: str, tally: Tally) -> Iterator[str]:
    """Yield whose work couldn't be read, and whose mark isn't final and what to do, as the last lines of a run."""
    yield from unread_lines(tally)
    yield from not_final_lines(assignment, tally.unfinished)


def unread_lines(tally: Tally) -> Iterator[str]:
    if tally.unread:
        yield f"couldn't read the work of: {name_some(tally.unread)} (see the report)"


def not_final_lines(assignment: str, students: Collection[str]) -> Iterator[str]:
    if students:
        yield (
            "not final, because code was stopped that waited or had no turn on this machine: "
            f"{name_all(students)} (see the report). When the machine is less busy, run again: "
            f"rnnlm-grade {assignment} --jobs 1"
        )


def marks_to_look_at(marks: ClassMarks, students: Collection[StudentMarks]) -> Iterator[str]:
    """Yield which marks of some students aren't the last word: of other parts, not final, due or outdated by hand ...

    `marks` are the `ClassMarks` of the assignment.
    """
    if before := {student.student: student.changed_parts for student in students if student.changed_parts}:
        what = f"the exercise was changed ({name_some(set().union(*before.values()))})"
        yield f"graded before {what}: {name_some(before)}. Run: rnnlm-grade {marks.assignment}"
    yield from not_final_lines(marks.assignment, [student.student for student in students if not student.is_final])
    yield from by_hand_lines(marks, students)


def by_hand_lines(marks: ClassMarks, students: Collection[StudentMarks]) -> Iterator[str]:
    """Yield what waits for a person: marks by hand that are due, outdated or too high, and requests to look again."""
    if due := [f"{student.student} ({', '.join(student.due_by_hand)})" for student in students if student.due_by_hand]:
        yield f"{len(due)} to be marked by hand in formgrader, and 0 until then: {name_some(due)}"
    if who := [f"{student.student} ({both_marks(student)})" for student in students if student.outdated]:
        yield f"marks by hand to look at again, because the work was handed in or graded anew since: {name_some(who)}"
    if above := [
        f"{student.student} ({too_high})" for student in students if (too_high := too_high_in(student, marks.parts))
    ]:
        yield f"marks by hand above what the part is worth: {name_some(above)}"
    if asking := [student.student for student in students if student.request]:
        yield f"asking to look again: {name_some(asking)}. Answer by a comment or a mark by hand in formgrader"


def both_marks(student: StudentMarks) -> str:
    """Name a student's marks by hand that were given to other work, each with the automatic one of this work."""
    parts = [(name, student.parts[name]) for name in student.outdated]
    return ", ".join(
        name if part.auto_score is None else f"{name}: {part.manual_score:g} by hand, {part.auto_score:g} otherwise"
        for name, part in parts
    )


def too_high_in(student: StudentMarks, most: Mapping[str, float]) -> str:
    """Name a student's marks by hand that are higher than what a part is worth, which an upgrade may change."""
    return ", ".join(
        f"{name}: {part.manual_score:g} of {most[name]:g}"
        for name, part in student.parts.items()
        if part.manual_score is not None and part.manual_score > most[name]
    )
