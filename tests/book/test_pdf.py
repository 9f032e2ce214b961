"""`make pdf` prints the whole book. Needs a Chromium, and takes as long as building all the pages into one."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pages import CHROMIUM, ROOT

PDF = ROOT / "_build" / "rnnlm-course.pdf"


def make_pdf(path=os.environ["PATH"]):
    return subprocess.run(
        [sys.executable, "tools/pdf.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PATH": path},
    )


def outline(pdf):
    """Return the titles in a PDF's outline, without blanks."""
    titles = re.findall(rb"/Title (?:\((.*?)\)|<FEFF([0-9A-F]+)>)", pdf)
    texts = [plain.decode() if plain else bytes.fromhex(coded.decode()).decode("utf-16-be") for plain, coded in titles]
    return {re.sub(r"\s|^\d+\. ", "", text) for text in texts}


@pytest.mark.programs
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium found, so nothing was printed (Debian: apt install chromium)")
def test_the_pdf_holds_every_page_and_no_path_of_this_machine():
    PDF.unlink(missing_ok=True)
    done = make_pdf()
    assert done.returncode == 0, done.stderr
    pages = re.findall(r"file: (book/\S+)", (ROOT / "_toc.yml").read_text())
    texts = [(ROOT / f"{page}.md").read_text(encoding="utf-8") for page in pages]
    titles = {re.search(r"^# (.*)$", text, re.M)[1] for text in texts}
    pdf = PDF.read_bytes()
    assert {re.sub(r"\s", "", title.replace("'", "’")) for title in titles} - outline(pdf) == set()
    assert b"file://" not in pdf


def test_without_a_chromium_one_line_says_what_to_install():
    done = make_pdf(path=str(Path(sys.executable).parent))
    assert done.returncode == 1
    assert done.stderr == "No Chromium was found, which prints the book. On Debian or Ubuntu: apt install chromium\n"
