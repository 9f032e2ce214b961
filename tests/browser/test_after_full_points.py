"""What comes after full points, in the page of a chapter."""

from pages import assert_no_violation_in_either_theme
from working import WRONG, right_answers


def test_after_full_points_and_not_before_the_courses_answer_and_questions_unfold(practise):
    here = practise("01-embedding", width=390)
    here.write("MyEmbedding", WRONG)
    here.check("MyEmbedding")
    report = here.part("MyEmbedding").locator(".practice-report")
    assert report.locator("details", has_text="The course’s own answer").count() == 0
    here.write("MyEmbedding", right_answers("01-embedding")["MyEmbedding"])
    said = here.check("MyEmbedding")
    assert "Do you know your own code?" in said
    report.get_by_text("The course’s own answer, below yours").click()
    assert report.locator("details[open] pre").count() == 2
    for code in report.locator("details[open] pre").all():
        lines = code.text_content().rstrip().count("\n") + 1
        height = code.evaluate("code => code.clientHeight / parseFloat(getComputedStyle(code).lineHeight)")
        assert height < lines + 2  # no line is broken
    choices = report.locator("details", has=here.tab.locator("summary code"))
    assert choices.count() == 6
    for number in range(choices.count()):
        choices.nth(number).locator("summary").focus()
        here.tab.keyboard.press("Enter")
    assert report.get_by_text("✓ Right.").count() == 2
    assert report.get_by_text("✗ No.").count() == 4
    assert here.tab.evaluate("document.documentElement.scrollWidth") == 390
    assert_no_violation_in_either_theme(here.tab, "rnnlm-practice")
