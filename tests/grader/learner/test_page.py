"""The report as a page, which a notebook shows in place of the text."""

import re

import pytest
from bs4 import BeautifulSoup
from ipython_shell import shown_in_a_shell

from rnnlm_grader.learner.page import BOOK_URL, page, place_in_words
from rnnlm_grader.verdict.report import Item, as_text

BLOCKS = (
    ("likely", "Likely: it is `W[idx]` alone."),
    ("read", "02-embedding.html#ids"),
    ("code", "layer = MyRNN()"),
    ("said", "out is 1, expected 2."),
)


def written(*items, **options):
    return page([([("MyRNN · forward: 1 of 2 points", items)], [])], **options)


def test_the_page_says_what_the_text_says():
    item = Item("✗ the rows", BLOCKS)
    words = re.sub("<[^>]*>", " ", written(item)).split()
    assert words == as_text("MyRNN · forward: 1 of 2 points", [item]).replace("`", "").split()


@pytest.mark.parametrize("kind", ["likely", "said", "code", "whole", "read"])
def test_what_a_student_wrote_is_no_html(kind, monkeypatch):
    monkeypatch.setenv(BOOK_URL, "https://course.example.org")
    html = written(Item("✗ <b>", ((kind, "Likely: <script>'\""),)))
    assert not re.search("<script|<b>", html)
    assert "&lt;script&gt;&#x27;&quot;" in html


def test_the_section_to_read_is_a_link_where_the_book_has_an_address(monkeypatch):
    monkeypatch.setenv(BOOK_URL, "https://course.example.org/rnnlm/")
    assert '<a href="https://course.example.org/rnnlm/book/02-embedding.html#ids"' in written(Item("✗", BLOCKS))
    assert ">chapter 2, ids</a>" in written(Item("✗", BLOCKS))
    monkeypatch.delenv(BOOK_URL)
    assert "<a " not in written(Item("✗", BLOCKS))


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("04-time-rnn.html#time-rnn-gradient-sum", "chapter 4, Back through time"),
        ("06-softmax-masking.html#softmax-mask", "chapter 6, The mask"),
        ("house-rules.html#embedding-dtype", "house rules, Outputs and gradients have the dtype of the parameters"),
        ("07-rnnlm.html", "chapter 7"),
        ("08-scale.html#scale-gradient", "chapter 8, scale gradient"),
    ],
)
def test_a_link_says_where_it_leads(section, words):
    assert place_in_words(section) == words


def test_an_example_that_is_cut_can_be_unfolded_as_a_whole():
    assert "<details" not in written(Item("✗", BLOCKS))
    page = BeautifulSoup(written(Item("✗", (*BLOCKS, ("whole", "a = 1\nb = 2")))), "html.parser")
    assert page.select_one("details pre").get_text() == "a = 1\nb = 2"


def test_in_a_shell_the_report_is_displayed_and_the_exception_is_one_line():
    shown = shown_in_a_shell(
        ("a", "from rnnlm_grader import check\ndef my_perplexity(losses, counts): return 1.0"),
        ("b", "check(my_perplexity, 'edge')"),
    )
    assert shown.startswith("my_perplexity · edge: 0 of 2 points\n  … 2 (2 points) are held back until the ✗ of ")
    assert shown.endswith("ERROR my_perplexity · edge: 0 of 2 points; see above.\n")
