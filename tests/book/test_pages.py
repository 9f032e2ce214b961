"""Every page of the built book is complete, described in words and asks no other host. Needs `make book` first."""

import re
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from pages import HTML, assert_no_violation, chapters, serving, soup

PAGES = sorted(str(path.relative_to(HTML)) for path in HTML.glob("**/*.html") if not {"_static", "lab"} & {*path.parts})
OWN_PAGES = [page for page in PAGES if page.startswith(("book/", "_modules/rnnlm_ref")) or page == "404.html"]


def test_the_book_was_built():
    assert "book/index.html" in PAGES, "no built book to test: run `make book` first"


@pytest.mark.parametrize("page", OWN_PAGES)
def test_no_figure_right_below_a_folded_output_gives_it_away(page):
    for cell in soup(page).select(".tag_hide-output:not(.tag_remove-input)"):
        below = cell.find_next_sibling()
        assert below is None or not below.select(":scope > .cell_output figure")


@pytest.mark.parametrize("page", OWN_PAGES)
def test_the_code_of_a_figure_stands_below_it(page):
    below = [fold.find_next_sibling("div") for fold in soup(page).select("details.hide")]
    assert [output for output in below if output and output.select("figure.drawing")] == []


@pytest.mark.parametrize("page", OWN_PAGES)
def test_every_bar_says_what_it_folds_and_no_formula_is_torn_from_its_punctuation(page):
    bars = [bar.get_text() for bar in soup(page).select("summary .collapsed")]
    assert [bar for bar in bars if bar.startswith("Show code")] == []  # what Sphinx says by itself
    followed = [
        formula
        for formula in soup(page).select("p span.math")
        if isinstance(formula.next_sibling, str) and re.match("[.,;:?!)]", formula.next_sibling)
    ]
    assert [formula for formula in followed if "keep-together" not in formula.parent.get("class", [])] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_inside_the_book_leads_somewhere(page):
    broken = []
    for link in soup(page).select("a[href]"):
        url, fragment = urldefrag(urljoin(f"/{page}", unquote(link["href"])))
        if re.match(r"[a-z]+:", url) or page == "genindex.html":
            continue
        target = HTML / url.lstrip("/").partition("?")[0]
        found = target.is_file()
        if found and fragment and target.suffix == ".html":
            found = soup(url.lstrip("/")).find(id=fragment)
        if not found:
            broken.append(link["href"])
    assert not broken


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_no_other_host_and_misses_nothing_and_axe_finds_no_violation_in_either_theme(open_page, page):
    tab = open_page(page, until="networkidle")
    assert not open_page.complaints
    if page in OWN_PAGES:
        leave_one_token_of_each_kind(tab)
        assert_no_violation(tab)
        tab.add_style_tag(content="* { transition: none !important }")  # colours are there at once
        tab.evaluate("document.documentElement.dataset.theme = 'dark'")
        assert_no_violation(tab, runOnly={"type": "rule", "values": ["color-contrast", "link-in-text-block"]})


def leave_one_token_of_each_kind(tab):
    """Make plain text of the other tokens of code: they have the same colours, and axe takes half of its time for them.

    Of the same kind are those of one class in elements of one class.
    """
    tab.evaluate("""() => {
        const seen = new Set();
        for (const token of document.querySelectorAll('pre span[class]')) {
            const around = token.closest('div[class]')?.className;
            const kind = [token.className, token.parentElement.className, around].join('|');
            if (seen.has(kind)) token.replaceWith(...token.childNodes);
            seen.add(kind);
        }
    }""")


@pytest.mark.parametrize("page", OWN_PAGES)
def test_a_page_fits_a_phone_and_its_equations_and_outputs_are_neither_cut_off_nor_made_small(open_page, page):
    """The width depends on the machine's fonts: in DejaVu's, which are wide, the widest equation shrinks by 6 %."""
    tab = open_page(page, width=390, until="networkidle")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.locator("mjx-container").count() == len(soup(page).select(".math"))
    assert tab.locator("mjx-merror, [data-mjx-error]").count() == 0
    equations = tab.eval_on_selector_all(
        "mjx-container[display=true]",
        """
        all => all.map(e => {
            const svg = e.firstElementChild, ruler = e.appendChild(document.createElement('span'));
            ruler.style.cssText = 'display: inline-block; width: 100ex';
            const ex = ruler.getBoundingClientRect().width / 100;
            ruler.remove();
            return [e.textContent, e.scrollWidth - e.clientWidth,
                    svg.getBoundingClientRect().width / (parseFloat(svg.getAttribute('width')) * ex)];
        })""",
    )
    assert [text for text, hidden, _ in equations if hidden > 1] == []
    assert [(text, scale) for text, _, scale in equations if scale < 0.85] == []
    cut = """all => all.map(fold => { fold.open = true; })
        && [...document.querySelectorAll('.output.stream pre')]
            .filter(pre => pre.scrollWidth > pre.clientWidth).map(pre => pre.textContent)"""
    assert tab.eval_on_selector_all("details", cut) == []


def test_each_chapter_has_the_map_of_the_model_with_its_own_part_lit():
    maps = {name: soup(f"book/{name}.html").select(".here svg") for name in chapters()}
    assert [name for name, found in maps.items() if len(found) != 1] == ["where-it-went"]  # it's about what came after
    for name, found in maps.items():
        lit = found and [part.parent.get("href") for part in found[0].select("rect.here-lit")]
        if len(found) == 1 and found[0].select("a[aria-current]"):
            assert f"{name}.html" in lit
    assert {link["href"] for link in maps["02-embedding"][0].select("a")} <= {f"{name}.html" for name in maps}


def test_a_chapter_on_paper_has_its_number_its_answers_and_the_code_that_is_asked_for(open_page):
    tab = open_page("book/03-rnn.html", until="networkidle")
    tab.emulate_media(media="print")
    headings = [heading.inner_text() for heading in tab.locator("h1").all() if heading.is_visible()]
    assert headings == ["3. One step of an RNN"]
    answers = tab.locator(".sd-summary-content, .tag_asked pre")
    seen = answers.evaluate_all("all => all.map(e => e.checkVisibility() && e.getBoundingClientRect().height > 10)")
    assert seen
    assert all(seen)


@pytest.mark.parametrize("folder", ["", "some/where/"])
def test_an_address_without_a_page_leads_back_to_the_book_below_any_path(tmp_path, browser, folder):
    root = HTML
    if folder:
        root = tmp_path
        (root / folder).parent.mkdir()
        (root / folder).symlink_to(HTML)
    with serving(root) as site, browser.new_context() as context:
        tab = context.new_page()
        tab.goto(f"{site}{folder}book/old/renamed.html", wait_until="networkidle")
        assert tab.locator("h1").inner_text() == "No such page"
        tab.get_by_role("link", name="search").click()
        tab.wait_for_url(f"{site}{folder}search.html")
        tab.go_back(wait_until="networkidle")
        tab.get_by_role("link", name="from the beginning").click()
        tab.wait_for_url(f"{site}{folder}book/index.html")  # loaded too: on a busy machine its title is read later
        assert tab.title().startswith("An RNN language model")
