"""The built book: its files, and its pages in a browser, served from this machine and watched."""

import contextlib
import functools
import http.server
import re
import shutil
import threading
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
# npm has the newest axe; the Python package brings an older one, which looks for less.
NEWEST_AXE = ROOT / "tests/book/node_modules/axe-core/axe.min.js"
AXE = Axe.from_file(NEWEST_AXE) if NEWEST_AXE.exists() else Axe()
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)


def chapters():
    """Return the names of the chapters, in order."""
    return re.findall(r"file: book/(\S+)", (ROOT / "_toc.yml").read_text().partition("caption: Exercises")[0])


@functools.cache
def soup(page):
    """Return the HTML of a page, parsed."""
    return BeautifulSoup((HTML / page).read_text(encoding="utf-8"), "html.parser")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Say nothing: the test says what matters."""

    def send_error(self, code, message=None, explain=None):
        """Answer with the book's own page, as hosts of static pages do."""
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write((HTML / "404.html").read_bytes())


class Patient(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """Say nothing: a browser that has seen enough hangs up."""


def assert_no_violation(tab, context=None, **options):
    """Have axe look at a page, or at what a selector finds there."""
    # To list what holds takes longer, and with "preload" it would fetch style sheets again, some in vain.
    found = AXE.run(tab, context, {"resultTypes": ["violations"], "preload": False, **options})
    assert found.violations_count == 0, found.generate_report()


def assert_no_violation_in_either_theme(tab, context):
    """Have axe look at what a selector finds in a page, light and dark."""
    for theme in ("light", "dark"):
        tab.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        assert_no_violation(tab, context)


@contextlib.contextmanager
def serving(folder):
    """Serve a folder, and yield its address."""
    server = Patient(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def site():
    """The address at which the built book is served."""
    with serving(HTML) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """Chromium, started once for each file of tests."""
    if CHROMIUM is None:
        pytest.skip("no Chromium found, so no page was opened in a browser (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        # The last five keep the browser itself from calling home, which would look like the book doing so.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(site, browser):
    """Open pages in a fresh browser window; collect whatever goes wrong in `complaints`."""
    context = browser.new_context()
    tab = context.new_page()
    complaints = []

    def is_elsewhere(url):
        return not url.startswith((site, "data:", "blob:"))

    def complain_of_other_hosts(request):
        if is_elsewhere(request.url):
            complaints.append(f"asks another host: {request.url}")

    # Refused rather than let through: the answer of some other host must play no part in a test.
    context.route(is_elsewhere, lambda route: route.abort())
    tab.on("request", complain_of_other_hosts)
    tab.on("response", lambda response: response.ok or complaints.append(f"{response.status}: {response.url}"))
    tab.on("console", lambda message: message.type == "error" and complaints.append(f"console: {message.text}"))
    tab.on("pageerror", lambda error: complaints.append(f"script error: {error}"))

    def go(page, width=1280, theme="light", until="load"):
        tab.set_viewport_size({"width": width, "height": 900})
        if theme:
            tab.add_init_script(f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')")
        tab.goto(site + page, wait_until=until)
        return tab

    go.complaints = complaints
    yield go
    context.close()
