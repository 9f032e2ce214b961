"""Makes corpora and tools importable for tests, says which tests `make test` runs, and which files took longest."""
import sys
import zlib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]
PROGRAMS = {"browser", "server"}  # fixtures that start a browser, or a database server


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="run only a share of the tests of whole corpora")


def pytest_collection_modifyitems(config, items):
    """Mark the tests that need a program which Python's packages don't bring; with --quick, leave some out."""
    for item in items:
        if PROGRAMS & set(item.fixturenames):
            item.add_marker("programs")
    if config.getoption("quick"):
        config.hook.pytest_deselected(items=[item for item in items if not is_quick(item)])
        items[:] = filter(is_quick, items)


def is_quick(item):
    """Whether a test is none of a whole corpus, or belongs to the share of it that is always run: always the same."""
    corpus = item.get_closest_marker("corpus")
    share = corpus and corpus.kwargs.get("one_in")
    return not corpus or (bool(share) and zlib.crc32(item.nodeid.encode()) % share == 0)


def pytest_terminal_summary(terminalreporter):
    """Print the slowest files."""
    seconds = Counter()
    for report in (each for several in terminalreporter.stats.values() for each in several):
        if hasattr(report, "duration"):
            seconds[report.nodeid.partition("::")[0]] += report.duration
    terminalreporter.section("slowest files")
    for path, total in seconds.most_common(8):
        terminalreporter.write_line(f"{total:7.1f} s  {path}")
