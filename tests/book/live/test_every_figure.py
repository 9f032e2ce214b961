"""Live figures can be read by everybody, and on paper their pictures stay. Needs `make book` first.

That each shows what Python computes is tested beside this, in a file named after its element.
"""

import pytest
from live_figures import FIGURES
from pages import HTML, assert_no_violation_in_either_theme


@pytest.mark.parametrize("name", FIGURES)
def test_a_page_holds_the_picture_for_paper_and_for_readers_without_javascript(site, browser, figure, name):
    live = figure(name)
    assert not live.locator("figure.drawing").is_visible()
    live.page.emulate_media(media="print")
    assert live.locator("figure.drawing svg").is_visible()
    assert not live.locator(".live-panel").is_visible()
    with browser.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto(f"{site}book/{FIGURES[name]}.html")
        assert plain.locator(f"live-{name} figure.drawing svg").is_visible()


def test_a_figure_works_in_a_page_opened_from_disk(browser):
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto((HTML / "book" / f"{FIGURES['farm']}.html").as_uri())
        assert tab.locator("live-farm [role=status]").inner_text()


PRESSES = pytest.mark.parametrize(
    ("name", "presses"),
    [
        ("farm", ["Forget"]),
        ("farm[compact]", ["Forget"]),
        ("training", ["trigram: 3.10", "Pause"]),
        ("teller", ["No, another thing"]),
        ("unrolled", ["To the end", "drop “+ dh”"]),
        ("logits", ["10 steps"]),
        ("loop", ["30 rounds of both"]),
        ("influence[paths]", ["only the last output sends 1"]),
        ("influence[windows]", ["only the last output sends 1"]),
        ("keeper", ["Start over"]),
        ("gates", ["Start over"]),
        ("dial", ["Step"]),
        ("landscape", ["Step", "also turn 0 into 2"]),
        ("tracks", ["Next batch"]),
        ("rows[forward]", []),
        ("rows[back]", ["dW[idx] += dout"]),
        ("sketch", ["Show what was measured"]),
        ("step", ["10 steps"]),
        ("mattered[parade]", [".mattered-word"]),
        ("mattered[fable]", []),
        ("mattered[attention]", [".mattered-word"]),
        ("mattered[swap]", ["a hill in the owl’s place"]),
        ("attention", ["keys of their own"]),
    ],
)


def press_in(live, what):
    """Press what has this text, or the first of a class."""
    (live.locator(what).first if what.startswith(".") else live.get_by_text(what, exact=True)).click()


@PRESSES
def test_axe_finds_no_violation_after_something_was_pressed(figure, name, presses):
    live = figure(name)
    for text in presses:
        press_in(live, text)
    assert_no_violation_in_either_theme(live.page, f"live-{name}")


@PRESSES
def test_letters_of_a_live_figure_are_at_least_eleven_pixels_high_on_a_phone(figure, name, presses):
    live = figure(name)
    live.page.set_viewport_size({"width": 390, "height": 900})
    for text in presses:
        press_in(live, text)
    sizes = live.locator(".live-panel *").evaluate_all(
        """all => all.filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
        .flatMap(e => {
            const svg = e.ownerSVGElement;
            const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
            return [null, "::after"].map(part => getComputedStyle(e, part)).filter(style => style.content !== "none")
                .map(style => scale * parseFloat(style.fontSize));
        })"""
    )
    assert min(sizes) >= 11


LATE = "influence", "training", "mattered[attention]"


@pytest.mark.parametrize("name", {page: name for name, page in reversed(FIGURES.items())}.values())
def test_fewer_than_sixty_stops_of_the_tab_key_stand_before_the_first_live_figure(open_page, name):
    """On pages where it comes LATE, the list of pages doesn't count: the first stop leads past it."""
    tab = open_page(f"book/{FIGURES[name]}.html", until="networkidle")
    tab.wait_for_load_state()
    tab.wait_for_selector(f"live-{name}", state="attached")
    tab.evaluate("() => window.MathJax?.startup?.promise.then(() => true)")  # formulas are stops while they are drawn
    stops = tab.evaluate(
        """([figure, within]) => [...document.querySelectorAll(within)].flatMap(
        part => [...part.querySelectorAll('a[href], button, input, select, summary, [tabindex]')]).filter(
            e => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({visibilityProperty: true})
            && document.querySelector(figure).compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING).length""",
        [f"live-{name}", "#main-content" if name in LATE else "body"],
    )
    assert stops < 60
