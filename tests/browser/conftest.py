"""Opens exercises in the lab and in the pages of chapters. Needs `make browser` first."""

import pytest
from pages import HTML, browser, open_page, site
from working import Lab, Practice, address, chapter

__all__ = ["browser", "open_page", "site"]


@pytest.fixture(autouse=True)
def has_lab():
    if not (HTML / "lab").exists():
        pytest.skip("the book has no lab: `make browser` builds one")


@pytest.fixture
def open_lab(open_page):
    """Open an exercise in the lab; nothing may have gone wrong there at the end."""
    yield lambda slug: Lab(open_page(address(slug), theme=None))
    assert not open_page.complaints


@pytest.fixture
def practise(open_page):
    """Open the chapter of an exercise; nothing may have gone wrong there at the end."""
    yield lambda slug, **options: Practice(open_page(chapter(slug), **options))
    assert not open_page.complaints
