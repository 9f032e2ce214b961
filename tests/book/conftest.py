"""Lends the fixtures that open pages."""
from pages import browser, open_page, site

__all__ = ["browser", "open_page", "site"]
