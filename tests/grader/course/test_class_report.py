"""The class report: what it counts, whose work it points to, and that no student can write into it."""

import re
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from corpora import time_rnn
from course_folder import ROOT, SLUG
from graded_class import ALL, ENDLESS, UNFINISHED, WRONG, Person, lay_out
from pages import assert_no_violation, browser  # noqa: F401

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.class_report import SHORT, alike_code, histogram, own_lines, write_class_report
from rnnlm_grader.course.one_student import criteria_of
from rnnlm_grader.course.source_notebook import answers_of
from rnnlm_grader.notebooks import alike
from rnnlm_grader.refusal import Refusal
from rnnlm_grader.verdict.marks import Mark, State

HOSTILE = '"><script>alert(1)<\\script>\u202e{{ 7*7 }}'  # without the slash that a folder can't have
PILES_UP = Person({"overwrites_in_place": WRONG}, {"overwrites_in_place": "PilesUp"})
IN_PLACE = {"ada": "PilesUp", "ben": "Rebinds"}
REPEATS = ("repeated_ids_add_up", "any_shape_backward")
OVERWRITES = Person(dict.fromkeys(REPEATS, WRONG), dict.fromkeys(REPEATS, "Overwrites"))
LONG = "class MyEmbedding:\n" + "".join(f"    x{i} = {i}\n" for i in range(12)) + "    def forward(self\n"
STEPS = "class MyTimeEmbedding:\n    def backward(self, dout):\n" + "".join(
    f"        step{i} = dout * {i}\n" for i in range(10)
)
RENAMED = STEPS.replace("step", "s") + "# done"
PEOPLE = {
    "ada": Person(),
    "ben": Person(penalty=5.0, identity={"first_name": "Ben", "last_name": "Bitdiddle"}),
    "cy": PILES_UP,
    "di": OVERWRITES,
    "eve": OVERWRITES,
    "flo": Person(dict.fromkeys(ALL, UNFINISHED)),
    "gus": Person(dict.fromkeys(ALL, ENDLESS), by_hand=True),
    "hal": Person(dict.fromkeys(ALL, WRONG), answers={"MyEmbedding": LONG}, sandbox="none"),
    "ida": Person(answers={"MyTimeEmbedding": STEPS}),
    "jo": Person(answers={"MyTimeEmbedding": RENAMED}, remarks=("It was handed in as <b>x</b>.ipynb.",)),
    HOSTILE: Person(remarks=(HOSTILE,), identity={"first_name": HOSTILE, "last_name": HOSTILE}),
}


@pytest.fixture(scope="module")
def coursedir(tmp_path_factory):
    return lay_out(tmp_path_factory.mktemp("course"), PEOPLE, waiting=["kim"], missing=["lou", "max"])


@pytest.fixture(scope="module")
def path(coursedir):
    return write_class_report(coursedir)


@pytest.fixture(scope="module")
def page(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def section(page, name):
    return page.find(attrs={"aria-labelledby": name})


def text_of(tag):
    return re.sub(r"\s+", " ", tag.get_text())


def items(page, name):
    return [text_of(item) for item in section(page, name).find_all("li")]


def test_it_lies_in_reports_and_says_how_many_were_graded(coursedir, path, page):
    assert str(path) == f"{coursedir.root}/reports/{SLUG}.html"
    assert "11 graded · 1 handed in, not graded yet · 2 not handed in" in text_of(page.header)


def test_it_begins_with_what_to_explain_again_because_several_made_the_same_mistake(page):
    (again,) = items(page, "again")
    assert "18 % 2 students each row of dW is written once" in again
    assert "cost 6 points in all" in again
    assert page.main.find("section") is section(page, "again")
    (other,) = items(page, "mistakes")
    assert "9 % 1 student gradients pile up" in other


def test_of_a_handful_of_students_it_gives_numbers_and_no_percentages(tmp_path):
    text = write_class_report(lay_out(tmp_path, {"ada": PILES_UP, "ben": Person()})).read_text(encoding="utf-8")
    page = BeautifulSoup(text, "html.parser")
    assert "No known mistake was made by more than one student." in text_of(section(page, "again"))
    assert "1 of 2 1 student gradients pile up" in items(page, "mistakes")[0]


def test_misconceptions_that_are_said_in_the_same_words_are_one_mistake(tmp_path):
    people = {
        who: Person({"any_shape_backward": WRONG}, {"any_shape_backward": id})
        for who, id in (("ada", "FlattensIdsAlone"), ("ben", "FlattensDoutAlone"))
    }
    path = write_class_report(lay_out(tmp_path, people))
    (again,) = items(BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser"), "again")
    assert again.strip().startswith("2 of 2")


def test_a_mistake_leads_to_its_section_of_the_book(coursedir, page, tmp_path):
    piles_up = next(m for m in ASSIGNMENTS[SLUG].misconceptions if m.id == "PilesUp")
    assert section(page, "mistakes").find("a", href=f"../_build/html/book/{piles_up.section}")
    elsewhere = write_class_report(coursedir, tmp_path / "x" / "report.html", book="https://example.org/book/")
    assert f'href="https://example.org/book/{piles_up.section}"' in elsewhere.read_text()


def test_marks_count_penalties_and_are_told_in_words_too(page):
    marks = section(page, "marks")
    assert text_of(marks.find("desc")) == (
        "0 to under 2 points: 3 students; 20 to under 22 points: 1 student; 22 to under 24 points: 2 students; "
        "24 to 25 points: 5 students."
    )
    assert [text_of(tick) for tick in marks.find_all("text", y="182")] == [*map(str, range(0, 25, 2)), "25"]
    assert [text_of(value) for value in marks.find_all("dd")][:4] == ["22", "10 and 25", "4", "3"]


def test_averages_are_those_of_the_parts(page):
    rows = [text_of(row).strip() for row in section(page, "parts").find_all("tr")]
    assert rows[0].startswith("MyEmbedding · forward2.2 of 3")  # 8 of 11 have all 3 points
    assert len(rows) == 6


def test_the_criterion_that_most_fail_comes_first_with_what_was_found(page):
    first = items(page, "criteria")[0]
    assert "45 % 5 students" in first
    assert "MyEmbedding · backward · 3 × wrong values, 1 × not filled in" in first


def test_it_says_for_how_many_a_criterion_is_given_or_held_back(tmp_path):
    id = "overwrites_in_place"
    given, held = (Mark(state, 3, (REPEATS[0],)) for state in (State.GIVEN, State.HELD_BACK))
    people = {"ada": WRONG, "ben": given, "cy": given, "di": held}
    path = write_class_report(lay_out(tmp_path, {who: Person({id: found}) for who, found in people.items()}))
    (first,) = items(BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser"), "criteria")
    assert "1 of 4 1 student" in first
    assert "1 × wrong values · ≈ given another mistake for 2 more · … held back for 1" in first


def test_it_points_to_the_work_that_a_human_should_see(page):
    look = {item.split()[0]: item for item in items(page, "look")}
    assert "In 22 criteria, it did not come to an end" in look["gus"]
    assert "To be marked by hand: MyEmbedding · forward," in look["gus"]
    assert "MyEmbedding earned nothing, though it has 13 lines; your solution has 5." in look["hal"]
    assert "handed in as <b>x</b>.ipynb" in look["jo"]
    assert not {"ada", "cy", "flo"} & set(look)
    assert "Graded without a sandbox: hal." in text_of(section(page, "look"))
    assert "Handed in, not graded yet: kim." in text_of(section(page, "look"))


def test_it_hints_at_the_same_code_under_other_names(page):
    (pair,) = items(page, "alike")
    assert pair.strip().startswith("ida, jo 100 %, 10 lines the same in another wording: MyTimeEmbedding.backward")
    codes = [code.get_text() for code in section(page, "alike").find_all("pre")]
    assert ["step3" in code for code in codes] == [True, False]
    assert ["s3" in code for code in codes] == [False, True]


def test_it_says_how_many_pairs_it_leaves_out(tmp_path, monkeypatch):
    monkeypatch.setattr(alike, "PAIRS", 1)
    people = dict.fromkeys(("ada", "ben", "cy"), Person(answers={"MyTimeEmbedding": STEPS}))
    page = BeautifulSoup(write_class_report(lay_out(tmp_path, people)).read_text(encoding="utf-8"), "html.parser")
    pair, more = items(page, "alike")
    assert pair.strip().startswith("ada, ben")
    assert more.strip() == "2 more pairs were found and left out here."


def test_right_answers_as_short_as_the_exercise_allows_are_never_paired_and_wrong_ones_are():
    ((name, styles),) = time_rnn.RIGHT.items()
    solution = answers_of(nbformat.read(ROOT / "solutions" / "03-time-rnn" / "03-time-rnn.ipynb", as_version=4))

    def paired(source, points):
        record = {"results": [{"name": name, "points": points, "max_points": 9}]}
        class_ = [SimpleNamespace(student=who, answers={name: source}, record=record) for who in ("ada", "ben")]
        return bool(alike_code(class_, solution)[0])

    right = {source for source in styles.values() if paired(source, 9)}
    wrong = {source for source in styles.values() if paired(source, 8)}
    assert right < wrong
    most = SHORT * own_lines(solution[name], solution[name])
    assert right == {source for source in wrong if own_lines(source, solution[name]) > most}


def test_nothing_that_a_student_chose_becomes_markup_or_code_of_the_template(path):
    source = path.read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in source
    assert "{{ 7*7 }}" in source
    assert not re.search("<script|<b>x|\u202e", source)


def test_a_class_without_marks_has_a_report_all_the_same(tmp_path):
    path = write_class_report(lay_out(tmp_path, {}, waiting=["kim"]))
    assert "Nothing has been graded yet" in path.read_text()


@pytest.mark.parametrize(
    ("marks", "most", "bars"),
    [
        ([0, 3, 3.5, 5], 5, {"0 to under 1": 1, "3 to under 4": 2, "5": 1}),
        ([24, 25, 26.5, 23.9], 25, {"22 to under 24": 1, "24 to 25": 3}),  # extra credit joins the best
        ([0, 250], 250, {"0 to under 20": 1, "240 to 250": 1}),
    ],
)
def test_bars_hold_every_mark_once(marks, most, bars):
    assert {bar.label: bar.marks for bar in histogram(marks, most) if bar.marks} == bars


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_it_is_accessible_asks_nobody_for_anything_and_fits(browser, path, scheme, width):  # noqa: F811
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    tab = context.new_page()
    requests, complaints = [], []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(path.as_uri())
    assert_no_violation(tab)
    assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]
    assert complaints == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_mistakes_that_one_place_of_the_book_is_about_are_explained_together(tmp_path):
    people = {who: Person({"overwrites_in_place": WRONG}, {"overwrites_in_place": id}) for who, id in IN_PLACE.items()}
    (again,) = items(BeautifulSoup(write_class_report(lay_out(tmp_path, people)).read_text(), "html.parser"), "again")
    assert again.strip().startswith("2 of 2 2 students gradients pile up")
    assert "grads holds new arrays after backward" in again
    assert again.count("MyEmbedding, 1 student") == 2
    assert "cost 2 points in all · read house-rules § embedding-in-place" in again


def test_each_criterion_of_one_student_is_listed_with_what_it_earns_and_why(tmp_path):
    first, second = REPEATS
    eve = Person({first: WRONG, second: Mark(State.GIVEN, 5, (first,))}, {first: "Overwrites"})
    folder = lay_out(tmp_path, {"eve": eve, "gus": Person({first: ENDLESS, second: ENDLESS})})
    lines = [*criteria_of(folder, "eve")]
    assert "MyEmbedding · backward: 4 of 6 points" in lines
    titles = {c.id: (at, c.shows) for at, c in enumerate(ASSIGNMENTS[SLUG].of("MyEmbedding"), 1)}
    (at, title), (other, other_title) = titles[first], titles[second]
    costs = f"{at:4} ✗ 0 of 2  {title}  (rule 2)"
    assert f"{other:4} ≈ 1 of 1  {other_title}  (rule 5, because of {at})" in lines
    assert lines[lines.index(costs) + 1].startswith("       Likely: ")
    of_gus = [*criteria_of(folder, "gus")]
    assert of_gus.count(f"       as in {at}") == 1  # what ends all is told once
    assert of_gus[of_gus.index(costs) + 1] == f"       Nothing could be compared: {ENDLESS.reason}"
    assert lines[-1] == "23 points; 22 if only ✓ counts. Marks by hand and lateness are left out."
    other = lay_out(tmp_path / "other", {"eve": eve}, missing=["kim"])
    for student, says in ("kim", "Nothing of kim is graded in 01-embedding"), ("zoë", "There is no student zoë"):
        with pytest.raises(Refusal, match=says):
            [*criteria_of(other, student)]
