"""Search finds chapters by what a reader sees, and only pages for learners. Needs `make book` first."""

import re

import pytest
from pages import HTML


@pytest.mark.parametrize(
    ("query", "found", "quoted"),
    [
        ("unbuffered", "02-embedding.html#broken-on-purpose-the-last-one-wins", "one after the other, unbuffered"),
        ("backpropagation", "05-bptt.html", ""),  # a synonym of what the chapters say
        ("gradient_lengths", "05-bptt.html", ""),  # a name in the code of a figure, which is hidden
    ],
)
def test_search_finds_a_chapter_and_quotes_no_hidden_code(open_page, query, found, quoted):
    tab = open_page(f"search.html?q={query}")
    tab.wait_for_selector("#search-results .context")
    assert found in tab.locator("#search-results a").first.get_attribute("href")
    context = tab.locator("#search-results .context").first.inner_text()
    assert quoted in context
    assert "import" not in context
    assert not open_page.complaints


def test_search_offers_learners_no_page_for_teachers_or_maintainers():
    index = (HTML / "searchindex.js").read_text(encoding="utf-8")
    (found,) = re.findall(r'"docnames": ?\[(.*?)\]', index) or re.findall(r"docnames:\[(.*?)\]", index)
    assert "book/notation" in found
    hidden = ("instructors", "jupyterhub", "threat-model", "maintainers", "rooms")
    assert [page for page in hidden if f"book/{page}" in found] == []
