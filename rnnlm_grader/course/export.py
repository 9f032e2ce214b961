"""Writes the marks of an assignment as a table: for a spreadsheet, for Canvas, for Moodle.

Canvas and Moodle get a row only for who has a mark: in both, an empty cell would erase what is there. Text in a cell is
made harmless for spreadsheets, which run what begins with =, +, - or @.

Sources: Canvas, lib/gradebook_importer.rb; Moodle, grade/import/csv and docs.moodle.org/en/Grade_import; OWASP, CSV
Injection.
"""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from nbgrader.coursedir import CourseDirectory

from ..files import write_atomic
from ..refusal import Refusal
from ..verdict.marks import State
from .class_marks import WHO, ClassMarks, StudentMarks, read_class
from .messages import name_some, one_line
from .recorder import column_of

# At the start, and behind a semicolon, which separates cells in many languages, where a quote is taken off; = + - @
# also in full width.
FORMULA = re.compile(r"((?:^|;)[\s\"]*)(?=[=+\-@＝＋－＠])")
Row: TypeAlias = Sequence[str | float]
NOBODY = StudentMarks("", "missing")


class Table:
    """The marks of an assignment, of all students or of some, in one of the `FORMS`.

    `chosen` are the students in it; `alike` those left out, each because an import would take it for another one.
    """

    def __init__(
        self,
        coursedir: CourseDirectory,
        form: str,
        students: Collection[str] = (),
        weights: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self.form, self.marks = form, read_class(coursedir, weights)
        named = chosen_of(coursedir, self.marks.students, students)
        self.alike = taken_for_one(graded(named)) if form in IMPORTED else set()
        self.chosen = [student for student in named if student.student not in self.alike]

    def warnings(self) -> list[str]:
        """Return what to know before the table is imported, in lines."""
        lines = []
        if self.alike:
            lines.append(
                f"left out, because an import would take one for another: {name_some(map(repr, self.alike))}. "
                "Rename their folders, or export one of them with --student"
            )
        keys = IMPORTED.get(self.form, (None, ()))[1]
        if unmatched := [
            student.student
            for student in graded(self.chosen)
            if keys and not any(getattr(student, key) for key in keys)
        ]:
            lines.append(
                f"{self.form} can find these by their login alone, if it is their id here: {name_some(unmatched)}"
            )
        return lines

    def write(self, path: str | Path) -> None:
        write_table(path, FORMS[self.form](self.marks, self.chosen))


def chosen_of(
    coursedir: CourseDirectory, people: Collection[StudentMarks], students: Collection[str]
) -> list[StudentMarks]:
    """Return all people, or those with the ids of some students; raise a `Refusal` where one of these isn't there."""
    if unknown := set(students) - {student.student for student in people}:
        raise Refusal(
            f"Neither the gradebook nor {coursedir.submitted_directory} knows {name_some(unknown)}. "
            "Nothing was written."
        )
    return [student for student in people if not students or student.student in students]


def write_table(path: str | Path, rows: Iterable[Row]) -> None:
    """Write rows to a file, whole or not at all, with every cell made harmless."""
    text = io.StringIO()
    csv.writer(text).writerows(map(harmless, row) for row in rows)
    write_atomic(Path(path), text.getvalue().encode())


def taken_for_one(students: Iterable[StudentMarks]) -> set[str]:
    """The ids of those that are the same as another but for case, blanks, accents or widths of letters."""
    by_login: defaultdict[str, set[str]] = defaultdict(set)
    for student in students:
        letters = unicodedata.normalize("NFKD", harmless(student.student)).casefold()
        by_login["".join(c for c in letters if not unicodedata.combining(c))].add(student.student)
    return set().union(*(alike for alike in by_login.values() if len(alike) > 1))


def harmless(cell: str | float) -> str:
    """Make a text one line that no spreadsheet takes for a formula; a number is written as it is."""
    if isinstance(cell, int | float):
        return f"{round(cell, 4):.10g}"
    return FORMULA.sub(r"\1'", one_line(cell, 1000))


def for_spreadsheet(marks: ClassMarks, chosen: Iterable[StudentMarks]) -> Iterator[Row]:
    """Yield a row for everybody: who it is, each criterion, each part, the mark, what is to be known about it.

    Beside the parts it says of how many points the criteria hold, cost, are given or are held back.
    """
    criteria = list(dict.fromkeys(column_of(*pair) for student in marks.graded for pair in student.criteria))
    yield [
        *WHO,
        "state",
        *criteria,
        *marks.parts,
        *(state.replace(" ", "_") for state in State),
        "score",
        "late_penalty",
        "mark",
        "max_mark",
        *marks_beside(marks),
        *(["max_weighted_mark"] if marks.weights else []),
        "needs_manual_grade",
        "remarks",
    ]
    for student in chosen:
        points = {column_of(part, criterion): criterion["points"] for part, criterion in student.criteria}
        parts = {name: part.score for name, part in student.parts.items()}
        total = [student.score, student.penalty, student.mark] if student.state == "graded" else ["", "", ""]
        by_hand = any(part.needs_manual_grade for part in student.parts.values())
        yield [
            *student.who,
            student.state,
            *(points.get(name, "") for name in criteria),
            *(parts.get(name, "") for name in marks.parts),
            *(student.points_by_state.values() if student.criteria else [""] * len(State)),
            *total,
            marks.max_score,
            *marks_beside(marks, student).values(),
            *([marks.max_exported] if marks.weights else []),
            "yes" if by_hand else "",
            " ".join(student.record.get("remarks", ())),
        ]


def marks_beside(marks: ClassMarks, student: StudentMarks = NOBODY) -> dict[str, str | float]:
    """Return {column: mark} of the marks beside the one that counts: by either rule, without marks by hand; weighed."""
    found: dict[str, str | float] = {
        rule: student.ranks(rule == "strict") if student.criteria else "" for rule in ("forgiving", "strict")
    }
    weighted = marks.exported(student) if student.state == "graded" else ""
    return found | ({"weighted_mark": weighted} if marks.weights else {})


def for_canvas(marks: ClassMarks, chosen: Iterable[StudentMarks]) -> Iterator[Row]:
    """Yield what Canvas imports. It finds a student by its own number, else by the login."""
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", marks.assignment]
    yield ["Points Possible", "", "", "", "", marks.max_exported]
    for student in graded(chosen):
        # Canvas reads a number from the start of what is no number: '12ab' would be student 12.
        number = student.lms_user_id if re.fullmatch("[0-9]+", student.lms_user_id) else ""
        name = ", ".join(filter(None, (student.last_name, student.first_name))) or student.student
        yield [name, number, "" if number else student.lms_user_id, student.student, "", marks.exported(student)]


def for_moodle(marks: ClassMarks, chosen: Iterable[StudentMarks]) -> Iterator[Row]:
    """Yield what Moodle imports. The teacher says by which column it finds a student: email, ID number or username."""
    yield ["First name", "Last name", "ID number", "Email address", "Username", marks.assignment]
    for student in graded(chosen):
        yield [
            student.first_name,
            student.last_name,
            student.lms_user_id,
            student.email,
            student.student,
            marks.exported(student),
        ]


def graded(students: Iterable[StudentMarks]) -> list[StudentMarks]:
    return [student for student in students if student.state == "graded"]


# What writes the rows, and by what, but for the login, the system finds a student.
IMPORTED = {"canvas": (for_canvas, ("lms_user_id",)), "moodle": (for_moodle, ("email", "lms_user_id"))}
FORMS = {"csv": for_spreadsheet, **{form: rows for form, (rows, _) in IMPORTED.items()}}
