"""Build the whole book as one page and print that to a PDF file, by a headless Chromium.

usage: pdf.py
"""

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "singlehtml"
PDF = ROOT / "_build" / "rnnlm-course.pdf"
FOOTER = '<div style="width: 100%; text-align: center; font: 8pt sans-serif"><span class="pageNumber"></span></div>'
BUILD = ["jupyter-book", "build", ".", "--builder", "singlehtml", "-W", "-n", "--keep-going", "--quiet"]
# Links within the book, which still name a file, are made links within the page; bibliography
# entries get ids of their own, for each chapter counts its ids from 1. Links to files lead nowhere from a PDF.
PREPARE = """() => {
    document.querySelectorAll(".citation[id]").forEach(entry => { entry.id = "entry-" + entry.id; });
    document.querySelectorAll("a[href]").forEach(link => {
        const [file, id] = link.getAttribute("href").split("#");
        if (file.startsWith("_downloads/")) link.removeAttribute("href");
        if (file == "book/index.html")
            link.href = "#" + (document.getElementById("entry-" + id) ? "entry-" : "") + id;
    });
    return MathJax.startup.promise.then(() => true);
}"""


def main():
    chromium = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if chromium is None:
        sys.exit("No Chromium was found, which prints the book. On Debian or Ubuntu: apt install chromium")
    if subprocess.run(BUILD, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode:
        sys.exit("The book could not be built, so nothing was printed; see above.")
    # Sphinx writes the page into a folder, but its links as if it stood beside that.
    page = shutil.copy(SITE / "book" / "index.html", SITE / "book.html")
    print_page(chromium, page.as_uri())
    print(f"The book is printed. Open {PDF}")


def print_page(chromium, address):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(color_scheme="light")
        tab.goto(address)
        tab.evaluate(PREPARE)
        margins = dict.fromkeys(("top", "right", "bottom", "left"), "18mm")
        tab.pdf(
            path=PDF,
            format="A4",
            margin=margins,
            outline=True,
            tagged=True,
            print_background=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=FOOTER,
        )
        browser.close()


if __name__ == "__main__":
    main()
