"""Lends the fixtures that open pages and live figures, and the students' download."""

import zipfile

import pytest
from live_figures import figure
from pages import HTML, browser, open_page, site

__all__ = ["browser", "figure", "open_page", "site"]


@pytest.fixture(scope="session")
def kit(tmp_path_factory):
    """The one file that a student downloads, unpacked."""
    folder = tmp_path_factory.mktemp("kit")
    (archive,) = (HTML / "_downloads").glob("*/rnnlm-exercises.zip")
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
    return folder / "rnnlm-exercises"
