"""The front page: what it says of the check, the model and the chapters. Needs `make book` first.

Its live figure is tested in `live/test_farm.py`.
"""

import itertools
import re

import pytest
from pages import ROOT, chapters, soup

from rnnlm_figures.rnnlm import KINDS


def test_what_the_check_says_on_the_front_page_is_folded():
    (verdict,) = soup("book/index.html").select("details.check-report")
    assert "open" not in verdict.attrs
    assert "np.add.at" in verdict.text


def test_the_front_page_lists_the_words_that_its_model_knows():
    text = " ".join(soup("book/index.html").get_text().split())
    said = text[text.index("It knows") : text.index("Type a sentence")]
    assert said.startswith(f"It knows {sum(map(len, KINDS.values()))} words")
    assert set(itertools.chain(*(KINDS[kind] for kind in ("animal", "place", "link")))) <= set(re.findall(r"\w+", said))


def test_each_chapter_has_a_card_with_the_minutes_that_it_and_its_exercise_take():
    cards = soup("book/index.html").select(".front-path .sd-card")
    assert [card.a["href"] for card in cards] == [f"{name}.html" for name in chapters()]
    for card in cards:
        said = re.search(r"About (\d+)\s+minutes", soup(f"book/{card.a['href']}").get_text())
        assert said is None or f"{said[1]} minutes" in card.get_text()
        if exercise := re.search(r"Exercise (\d), (\d+) minutes", card.get_text()):
            (path,) = ROOT.glob(f"exercises/0{exercise[1]}-*/*.ipynb")
            assert sum(map(int, re.findall(r"○? \| (\d+) \|", path.read_text()))) == int(exercise[2])


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_first_screen_says_where_to_start_and_what_to_press(open_page, width, height):
    tab = open_page("book/index.html", width=width)
    for role, name in [("link", "Start"), ("button", "Next word"), ("status", "")]:
        box = tab.locator("#main-content").get_by_role(role, name=name).first.bounding_box()
        assert 0 < box["y"] < box["y"] + box["height"] < height
