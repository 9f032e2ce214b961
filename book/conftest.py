"""Make nbval say in a maintainer's terms which output isn't true any more, and show what it is now."""

from itertools import zip_longest

import pytest

SHOWN = 15  # lines before and after the first difference


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed and hasattr(item, "cell"):
        differs = str(call.excinfo.value) == "Cell outputs differ" and difference(item)
        report.longrepr = place(item) + (f"{item.cell.source}\n\n{differs}" if differs else report.longrepr)
    return report


def place(item):
    """Return where a cell stands, as an editor finds it."""
    path = item.path.with_suffix(".md")
    before, found, _ = path.read_text(encoding="utf-8").partition(item.cell.source)
    line = f"line {before.count(chr(10)) + 1}, " if found else ""
    return f"{path.parent.name}/{path.name}, {line}code cell {item.cell_num + 1} of its page\n\n"


def difference(item):
    """Return the stored and the new output around their first difference, or nothing if no text differs."""
    expected, got = (text_of(outputs, item.sanitize) for outputs in (item.cell.outputs, item.test_outputs))
    differ = [before != after for before, after in zip_longest(expected, got)]
    if not any(differ):
        return ""
    return "\n".join(
        [
            "expected, as stored:",
            *excerpt(expected, differ),
            "got:",
            *excerpt(got, differ),
            "If what is got is right, run: make chapters",
        ]
    )


def text_of(outputs, sanitize):
    """Return the lines that outputs show, a figure by its plain-text twin."""
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]
    return [line for text in texts for line in sanitize(text).splitlines()]


def excerpt(lines, differ):
    """Return lines around the first difference, each that differs marked."""
    first = differ.index(True)
    start, end = max(0, first - SHOWN), first + SHOWN + 1
    marked = [f"  {'>' if changed else ' '} {line}" for line, changed in zip(lines, differ, strict=False)]
    return (
        [f"    ({start} lines before)"] * (start > 0)
        + (marked[start:end] or ["    (nothing)"])
        + [f"    ({len(lines) - end} lines after)"] * (end < len(lines))
    )
