"""The book's own look: its fonts, its colours, and what fits a line, on a laptop and on a phone.

Needs `make book` first.
"""

import hashlib
import re
from itertools import pairwise

import nbformat
import pytest
from pages import ROOT

from rnnlm_figures.drawing import NAMES


@pytest.mark.parametrize("folder", ["book/_static/fonts", "rnnlm_figures/fonts"])
def test_the_fonts_are_those_that_were_made_and_each_family_has_its_licence(folder):
    folder = ROOT / folder
    sums = dict(reversed(line.split()) for line in (folder / "fonts.sha256").read_text().splitlines())
    fonts = {path.name: path for path in folder.iterdir() if path.suffix in (".woff2", ".ttf")}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in fonts.items()} == sums
    for name in fonts:
        licence = folder / f"{name.partition('-latin')[0]}.LICENCE.txt"
        assert "SIL OPEN FONT LICENSE" in licence.read_text()


def test_prose_is_set_in_the_books_own_font_with_about_seventy_letters_a_line(open_page):
    tab = open_page("book/05-bptt.html", until="networkidle")
    for font in ("Source Serif 4", "Source Sans 3"):
        assert tab.evaluate(f"document.fonts.check('16px \"{font}\"')")
    longest = tab.eval_on_selector_all(
        ".bd-article section > p",
        """all => all.map(p => {
        const range = document.createRange();
        const lines = {};
        const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
        if (p.querySelector('mjx-container')) return 0;
        for (let node; (node = walker.nextNode());) for (let i = 0; i < node.length; i++) {
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            const line = Math.round(range.getBoundingClientRect().bottom / 8);
            lines[line] = (lines[line] || 0) + 1;
        }
        return Math.max(...Object.values(lines));
    })""",
    )
    assert 60 <= max(longest) <= 82


def shown_code(notebook):
    """Yield the code that a reader sees without unfolding it: cells, and listings of the package's source."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and not {"hide-input", "remove-input"} & set(cell.metadata.get("tags", [])):
            yield cell.source
        yield from (
            output.data["text/markdown"]
            for output in cell.get("outputs", [])
            if output.get("data", {}).get("text/markdown", "").startswith("```")
        )


@pytest.mark.parametrize("path", sorted((ROOT / "book").glob("*.ipynb")), ids=lambda path: path.stem)
def test_code_on_a_page_is_no_wider_than_the_page(path):
    code = list(shown_code(nbformat.read(path, as_version=4)))
    assert code
    assert [line for part in code for line in part.splitlines() if len(line) > 77] == []


@pytest.mark.parametrize("page", ["07-rnnlm", "look-inside", "what-an-lstm-adds", "08-lstm"])
def test_no_code_is_cut_on_a_laptop(open_page, page):
    tab = open_page(f"book/{page}.html")
    tab.eval_on_selector_all("details", "all => all.forEach(fold => { fold.open = true; })")
    cut = "all => all.filter(pre => pre.scrollWidth > pre.clientWidth).map(pre => pre.textContent)"
    assert tab.eval_on_selector_all(".bd-article pre", cut) == []


def luminance(colour):
    """Return the relative luminance of #rrggbb, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a, b):
    """Return the contrast of two colours, as WCAG defines it: from 1 to 21."""
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_the_page_and_on_every_fill(theme):
    css = (ROOT / "book" / "_static" / "book.css").read_text()
    dark = dict(re.findall(r"--figure-([a-z-]+): (#[0-9a-f]{6})", css))
    assert dark.keys() == NAMES.keys() - {"paper"}  # transparent in both
    colours, page = (NAMES, "#ffffff") if theme == "light" else (dark, "#121212")
    texts = [colour for name, colour in colours.items() if not name.endswith("fill") and name != "paper"]
    fills = [colour for name, colour in colours.items() if name.endswith("fill")]
    assert min(contrast(text, page) for text in texts) >= 4.5
    assert min(contrast(colours["ink"], fill) for fill in fills) >= 7


@pytest.mark.parametrize(("theme", "ink"), [("light", "rgb(31, 35, 40)"), ("dark", "rgb(230, 233, 237)")])
def test_drawings_follow_the_theme(open_page, theme, ink):
    tab = open_page("book/02-embedding.html", theme=theme)
    assert tab.evaluate("document.documentElement.dataset.theme") == theme
    fills = tab.eval_on_selector_all(
        "figure.drawing svg g[style*='figure-ink']", "all => all.map(g => getComputedStyle(g).fill)"
    )
    assert fills
    assert set(fills) == {ink}


def test_letters_have_the_colours_of_the_figures_in_formulas_and_an_index_has_none(open_page):
    """Letters are named by what MathJax draws; d is red where another letter follows it."""
    letters = [
        letter
        for page in ("03-rnn", "notation")
        for letter in open_page(f"book/{page}.html", until="networkidle").eval_on_selector_all(
            "mjx-container use[data-c]",
            """all => all.map(e => [e.dataset.c, getComputedStyle(e).fill,
                Boolean(e.closest('[data-mml-node=TeXAtom]')?.matches('[data-mml-node^=msub] > :last-child')),
                /^m(i|su)/.test(e.parentElement.nextElementSibling?.dataset.mmlNode)])""",
        )
    ]
    rgb = rgb_of("blue", "orange", "violet", "red")
    assert not {fill for _, fill, is_index, _ in letters if is_index} & {*rgb.values()}
    seen = {name: {fill for each, fill, *_ in letters if each == name} for name in ("1D465", "210E", "1D44A")}
    assert rgb["blue"] in seen["1D465"]
    assert rgb["orange"] in seen["210E"]
    assert seen["1D44A"] == {rgb["violet"]}
    of_d = {
        (fill == rgb["red"], is_followed)
        for each, fill, is_index, is_followed in letters
        if each == "1D451" and not is_index
    }
    assert of_d == {(True, True), (False, False)}


def test_names_have_the_colours_of_the_figures_in_code_and_its_comments(open_page):
    tab = open_page("book/03-rnn.html")
    names = tab.eval_on_selector_all(
        ".highlight span", "all => all.map(e => [e.textContent, getComputedStyle(e).color, e.className])"
    )
    colours = rgb_of("blue", "orange", "violet", "red")
    seen = {text: {color for each, color, _ in names if each == text} for text in ("x", "h", "Wx", "dWx", "np", "for")}
    assert [*seen.values()][:4] == [{colours[name]} for name in colours]
    assert not (seen["np"] | seen["for"]) & {*colours.values()}
    assert any(kind.startswith("c") and after.startswith("n n-") for (*_, kind), (*_, after) in pairwise(names))


def rgb_of(*names):
    """The colours of the light theme's figures, as a browser computes them."""
    return {name: "rgb({}, {}, {})".format(*(int(NAMES[name][i : i + 2], 16) for i in (1, 3, 5))) for name in names}


@pytest.mark.parametrize(
    "page",
    [
        "00-whole-loop",
        "03-rnn",
        "05-bptt",
        "08-lstm",
        "attention",
        "look-inside",
        "one-training-step",
        "what-an-lstm-adds",
        "where-it-went",
    ],
)
def test_letters_in_a_figure_are_at_least_eleven_pixels_high_on_a_phone(open_page, page):
    tab = open_page(f"book/{page}.html", width=390, until="networkidle")
    tab.add_style_tag(content="live-panel { display: none } figure.drawing { display: block !important }")
    sizes = tab.eval_on_selector_all(
        "figure.drawing svg",
        r"""all => all.map(svg => {
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        const letters = [...svg.querySelectorAll('g[transform*="scale(0."]')].map(
            g => 100 * Number(g.getAttribute('transform').match(/scale\(([\d.]+)/)[1]));
        return scale * Math.min(...letters);
    })""",
    )
    assert sizes
    assert min(sizes) >= 11


def test_code_that_wraps_on_a_phone_goes_on_behind_its_indent(open_page):
    tab = open_page("book/look-inside.html", width=390, until="networkidle")
    starts = tab.eval_on_selector_all(
        ".cell_input .line",
        """all => all.filter(line => line.checkVisibility()).map(line => {
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        const lefts = {};
        for (let node, at = 0; (node = walker.nextNode()); at += node.length) for (let i = 0; i < node.length; i++) {
            if (!node.data[i].trim()) continue;
            const range = document.createRange();
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            const box = range.getBoundingClientRect();
            const row = Math.round(box.bottom);
            lefts[row] = Math.min(lefts[row] ?? Infinity, box.left);
        }
        return Object.entries(lefts).sort(([one], [other]) => one - other).map(([, left]) => Math.round(left));
    })""",
    )
    wrapped = [lefts for lefts in starts if len(lefts) > 1]
    assert len(wrapped) > 5
    assert all(first < later for first, *others in wrapped for later in others)
    copied = "document.querySelector('.cell_input pre').textContent"
    assert "\n" in tab.evaluate(copied)
    assert "\n\n\n" not in tab.evaluate(copied)


@pytest.mark.parametrize(("width", "is_beside"), [(1280, True), (390, False)])
def test_the_two_maps_of_words_stand_side_by_side_where_there_is_room(open_page, width, is_beside):
    tab = open_page("book/look-inside.html", width=width)
    before, after = (box.bounding_box() for box in tab.locator("figure:has(> svg[data-beside])").all())
    assert (before["y"] == after["y"]) is is_beside
    assert (before["x"] == after["x"]) is not is_beside
