"""Writes what a teacher wants to know the evening after: what to explain again, and whose work to look at.

The page is one file without scripts and without requests. It is for teachers: it names students. Whatever comes from a
student, the id too, is cleaned and escaped.
"""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from nbgrader.coursedir import CourseDirectory

from ..content import ASSIGNMENTS
from ..files import write_atomic
from ..notebooks import alike
from ..verdict.marks import State
from .class_marks import ClassMarks, StudentMarks, read_class
from .pages import built_book, number, relative, template
from .source_notebook import answers_of, read_source, released

TOP = 3  # places of the book to explain again
FEW = 10  # students graded, below which no percentages are given
MOST = 12  # criteria listed
BARS = 13  # at most, and each of a whole number of points
SHORT = 1.25  # times the lines of the solution: a right answer up to that is as short as the exercise allows
SHORTEST = 5  # lines of an answer that earned nothing, from which on somebody should look at it


class Bar(NamedTuple):
    """How many marks there are from `low` to below `high`, or to `high` in the last bar."""

    low: float
    high: float
    label: str
    marks: int


class ClassMistake(NamedTuple):
    """A misconception, in a class."""

    name: str
    sentence: str
    section: str
    link: str
    students: frozenset[str]
    points: int


class Lesson(NamedTuple):
    """The mistakes that one place of the book is about."""

    section: str
    link: str
    students: frozenset[str]
    points: int
    mistakes: list[ClassMistake]


class Failing(NamedTuple):
    """A criterion that some failed, and what is found mostly."""

    name: str
    part: str
    shows: str
    students: int
    findings: list[tuple[str, int]]
    given: int
    held: int


class Look(NamedTuple):
    """A submission that a teacher should look at."""

    student: str
    name: str
    mark: float
    link: str
    reasons: list[str]


def write_class_report(coursedir: CourseDirectory, path: str | Path | None = None, book: str | None = None) -> Path:
    """Write the class report of an assignment to a path, or into reports/; return the path.

    `book` is where the book's chapters are, as a link from the report; by default, the book that `make book` built.
    """
    assignment, solution = coursedir.assignment_id, answers_of(read_source(coursedir))
    path = Path(path or Path(coursedir.root, "reports", f"{assignment}.html"))
    book = book or built_book(coursedir, path)
    marks = read_class(coursedir)
    graded = marks.graded
    found = mistakes(assignment, graded, book)
    again = to_explain_again(found)
    page = template("class_report.html").render(
        assignment=assignment,
        course=coursedir.course_id,
        when=datetime.now().astimezone(),
        most=marks.max_score,
        count=len(graded),
        states=Counter(student.state for student in marks.students),
        waiting=[student.student for student in marks.students if student.state == "waiting"],
        figures=[*figures([student.mark for student in graded], marks.max_score), *spread(graded)],
        histogram=histogram([student.mark for student in graded], marks.max_score),
        parts=part_averages(marks),
        again=again,
        others=[mistake for mistake in found if not any(mistake in lesson.mistakes for lesson in again)],
        few=FEW,
        criteria=failing_criteria(assignment, graded)[:MOST],
        unsafe=[student.student for student in graded if student.record.get("sandbox") == "none"],
        look=work_to_look_at(coursedir, path, marks, solution),
        alike=alike_code(graded, solution),
        shortest=alike.MIN_LINES,
        near=alike.NEAR,
    )
    write_atomic(path, page.encode())
    return path


def figures(marks: Sequence[float], most: float) -> list[tuple[str, str | int]]:
    """The figures of a distribution, as (name, value); [] where there is none."""
    if not marks:
        return []
    low, median, high = statistics.quantiles(marks, n=4, method="inclusive") if len(marks) > 1 else [*marks] * 3
    return [
        ("median", number(median)),
        ("half of all between", f"{number(low)} and {number(high)}"),
        ("full marks", sum(mark >= most for mark in marks)),
        ("zero", marks.count(0)),
    ]


def spread(graded: Iterable[StudentMarks]) -> Iterator[tuple[str, str]]:
    """How far the grader's marks lie apart, by the rule and by the strict one, as (name, value)."""
    for name, is_strict in (("spread (standard deviation)", False), ("spread, marked strictly", True)):
        marks = [student.ranks(is_strict) for student in graded if student.criteria]
        if len(marks) > 1:
            yield name, f"{number(statistics.stdev(marks))}, around {number(statistics.fmean(marks))}"


def histogram(marks: Iterable[float], most: float) -> list[Bar]:
    """Sort marks into bars of whole points' width, but for the last; a mark above the maximum goes into that."""
    width = math.ceil(most / BARS) or 1
    last = int(most // width)
    counts = Counter(min(int(mark // width), last) for mark in marks)
    bars = [
        Bar(low, low + width, f"{low} to under {low + width}", counts[i]) for i in range(last) for low in [i * width]
    ]
    low = last * width
    return [*bars, Bar(low, most, number(low) if low == most else f"{low} to {number(most)}", counts[last])]


def part_averages(marks: ClassMarks) -> Iterator[tuple[str, float, float, float]]:
    """For each grade cell: (name, average, maximum, share)."""
    for name, most in marks.parts.items():
        scores = [student.parts[name].score for student in marks.graded if name in student.parts]
        if scores and most:
            average = statistics.fmean(scores)
            yield name.replace("-", " · "), average, most, average / most


def to_explain_again(found: Iterable[ClassMistake]) -> list[Lesson]:
    """The places of the book about whose `mistakes` several students should hear, as many as there is time for."""
    by_place: defaultdict[object, list[ClassMistake]] = defaultdict(list)
    for mistake in found:
        by_place[mistake.section or (mistake.name, mistake.sentence)].append(mistake)
    lessons = (
        Lesson(
            about[0].section,
            about[0].link,
            about[0].students.union(*(mistake.students for mistake in about)),
            sum(mistake.points for mistake in about),
            about,
        )
        for about in by_place.values()
    )
    shared = [lesson for lesson in lessons if len(lesson.students) > 1]
    return sorted(shared, key=lambda lesson: (-len(lesson.students), -lesson.points))[:TOP]


def mistakes(assignment: str, graded: Iterable[StudentMarks], book: str) -> list[ClassMistake]:
    """The misconceptions that were recognised, the most frequent first; of equals the one that cost more points."""
    # By name and sentence: who made it, and the criterion.
    made: defaultdict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for student in graded:
        for part, criterion in student.criteria:
            for sentence in dict.fromkeys(criterion["sentences"]):  # several misconceptions may be said alike
                made[part["name"], sentence].append((student.student, criterion))
    sections = {(m.name, m.sentence): m.section for m in ASSIGNMENTS[assignment].misconceptions}
    found = []
    for (name, sentence), cases in made.items():
        section = sections.get((name, sentence), "")
        found.append(
            ClassMistake(
                name,
                sentence,
                section.replace(".html#", " § "),
                section and f"{book.rstrip('/')}/{section}",
                frozenset(student for student, *_ in cases),
                sum(each["max_points"] - each["points"] for *_, each in cases),
            )
        )
    return sorted(found, key=lambda mistake: (-len(mistake.students), -mistake.points, mistake.sentence))


def failing_criteria(assignment: str, graded: Iterable[StudentMarks]) -> list[Failing]:
    """The criteria that somebody failed, those first that most did."""
    shows = {c.key: c.shows for c in ASSIGNMENTS[assignment].criteria}
    findings: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    states: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for student in graded:
        for part, criterion in student.criteria:
            key = part["name"], part["part"], criterion["id"]
            states[key][criterion["state"]] += 1
            if criterion["finding"]:
                findings[key][criterion["finding"]] += 1
    found = [
        Failing(
            *key[:2],
            shows.get("/".join(key), key[2]),
            counts.total(),
            counts.most_common(2),
            states[key][State.GIVEN],
            states[key][State.HELD_BACK],
        )
        for key, counts in findings.items()
    ]
    return sorted(found, key=lambda failing: -failing.students)


def work_to_look_at(
    coursedir: CourseDirectory, page: Path, marks: ClassMarks, solution: Mapping[str, str]
) -> list[Look]:
    """List the submissions about which the grader isn't sure, the lowest marks first."""
    looks = []
    for student in marks.graded:
        if reasons := list(reasons_to_look(student, solution)):
            folder = coursedir.format_path(coursedir.feedback_directory, student.student, marks.assignment)
            feedback = Path(folder, f"{marks.assignment}.html")
            looks.append(
                Look(
                    student.student,
                    f"{student.first_name} {student.last_name}".strip(),
                    student.mark,
                    relative(feedback, page) if feedback.is_file() else "",
                    reasons,
                )
            )
    return sorted(looks, key=lambda look: (look.mark, look.student))


def reasons_to_look(student: StudentMarks, solution: Mapping[str, str]) -> Iterator[str]:
    """Yield why a human should look at a student's work."""
    if not student.record:
        yield "It wasn't graded by this grader: there is no report."
    yield from student.record.get("remarks", ())
    for finding, count in student.lost.items():
        yield f"In {count} {'criterion' if count == 1 else 'criteria'}, {finding}."
    yield from long_and_worthless(student, solution)
    if student.request:
        yield f"Asks to look again: {student.request}"
    for what, names in ("To be marked by hand", student.due_by_hand), ("Marked by hand before", student.outdated):
        if names:
            yield f"{what}: {', '.join(name.replace('-', ' · ') for name in names)}."


def long_and_worthless(student: StudentMarks, solution: Mapping[str, str]) -> Iterator[str]:
    """Yield each answer that earned nothing though it is as long as a right one: one slip may hide what is good."""
    earned: Counter[str] = Counter()
    for part in student.record.get("results", ()):
        earned[part["name"]] += part["points"]
    for name, points in earned.items():
        lines, right = (own_lines(source, solution[name]) for source in (student.answers.get(name, ""), solution[name]))
        if not points and lines >= max(SHORTEST, right):
            yield f"{name} earned nothing, though it has {lines} lines; your solution has {right}."


def own_lines(source: str, solution: str) -> int:
    """Count the lines of code in an answer that the exercise didn't give; it needn't be Python."""

    def lines(text: str) -> Counter[str]:
        return Counter(line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#"))

    return (lines(source) - lines(released(solution))).total()


def alike_code(
    graded: Iterable[StudentMarks], solution: Mapping[str, str]
) -> tuple[list[alike.Alike], int, list[tuple[str, int, tuple[str, ...]]]]:
    """Return pairs of students with the same code, how many more, and (student, lines, places) of the reference's.

    A right answer that is as short as the exercise allows isn't compared: there are few ways to write it.
    """
    shapes = alike.reference_shapes(solution.values())
    given = {name: released(source) for name, source in solution.items()}
    by_student, wrong, known = {}, {}, []
    for student in graded:
        lost = {part["name"] for part in student.record.get("results", ()) if part["points"] < part["max_points"]}
        compared = {
            name: source
            for name, source in student.answers.items()
            if name in lost
            or name not in solution
            or own_lines(source, solution[name]) > SHORT * own_lines(solution[name], solution[name])
        }
        functions = alike.functions_of(compared, given)
        wrong[student.student] = alike.functions_of(
            {name: source for name, source in compared.items() if name in lost}, given
        ).keys()
        lines, places = alike.like_reference(functions, shapes)
        if lines:
            known.append((student.student, lines, places))
        by_student[student.student] = {f: n for f, n in functions.items() if f.shape not in shapes}
    return *alike.pairs(by_student, wrong), known
