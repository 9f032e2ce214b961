"""The bar above folded code says where an exercise asks for that code."""

import pytest
from docutils import nodes
from docutils.utils import new_document
from rnnlm_book.mending import NameBars


@pytest.mark.parametrize(
    ("offer", "bar"),
    [
        ("{download}`exercise 4 <../exercises/04-bptt/04-bptt.ipynb>`", "The code (exercise 4 asks you to write this"),
        ("", "Show code"),
    ],
)
def test_code_that_an_exercise_asks_for_says_so_only_where_a_page_offers_one(tmp_path, offer, bar):
    page = tmp_path / "05-bptt.md"
    page.write_text(f"# A chapter\n\n{offer}\n", encoding="utf-8")
    document = new_document(str(page))
    document["source"] = str(page)
    cell = nodes.container("", classes=["tag_asked"], hide_mode="input", prompt_show="Show code")
    document += cell
    NameBars(document).run()
    assert cell["prompt_show"].startswith(bar)
