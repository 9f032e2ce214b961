"""The rows of the embedding's table go out and come back as NumPy writes them. Needs `make book` first."""

import numpy as np
import pytest
from live_figures import said, shown

ROWS_OUT = np.array([[1, 2, 3, 4], [10, 20, 30, 40], [100, 200, 300, 400]])
ROWS_LINES = {
    "dW[idx] = dout": lambda dW, idx, dout: dW.__setitem__(idx, dout),
    "dW[idx] += dout": lambda dW, idx, dout: dW.__setitem__(idx, dW[idx] + dout),
    "np.add.at(dW, idx, dout)": np.add.at,
}


def choose_ids(rows, ids):
    for n, v in enumerate(ids):
        rows.get_by_label(f"idx[{n}]").select_option(index=v)


def shown_rows(rows):
    """Return the table and the rows of the ids, as numbers and as the classes of their cells."""
    cells = shown(rows, ".live-drawing rect", "[Number(e.nextSibling.textContent), e.classList.value]")
    values, kinds = [*map(np.array, zip(*cells, strict=True))]
    return values[:28].reshape(7, 4), values[28:].reshape(3, 4), kinds[28:].reshape(3, 4)[:, 0]


@pytest.mark.parametrize("ids", [[1, 4, 1], [0, 1, 2], [6, 6, 6]])
def test_rows_go_out_as_numpy_copies_them(figure, ids):
    rows = figure("rows[forward]")
    choose_ids(rows, ids)
    table, out, _ = shown_rows(rows)
    assert np.array_equal(out, np.arange(28).reshape(7, 4)[ids])
    assert np.array_equal(table, np.arange(28).reshape(7, 4))
    times = {1: "once", 2: "twice", 3: "three times"}
    assert all(f"row {v} " in said(rows) and times[ids.count(v)] in said(rows) for v in ids)


@pytest.mark.parametrize("line", ROWS_LINES)
@pytest.mark.parametrize(
    ("ids", "lost"),
    [
        ([1, 4, 1], "row 1 2 3 4 of “owl” is lost"),
        ([5, 2, 2], "row 10 20 30 40 of “hoots” is lost"),
        ([6, 6, 6], "rows 1 2 3 4 and 10 20 30 40 of “.” are lost"),
        ([0, 3, 5], None),
    ],
)
def test_rows_come_back_as_numpy_writes_them_and_what_is_lost_is_said(figure, ids, lost, line):
    rows = figure("rows[back]")
    choose_ids(rows, ids)
    rows.get_by_label(line, exact=True).check()
    dW, right = np.zeros((2, 7, 4))
    ROWS_LINES[line](dW, ids, ROWS_OUT)
    np.add.at(right, ids, ROWS_OUT)
    table, sent, kinds = shown_rows(rows)
    assert np.array_equal(table, dW)
    assert np.array_equal(sent, ROWS_OUT)
    assert np.array_equal(sent[kinds != "rows-wrong"].sum(axis=0), dW.sum(axis=0))  # all but those marked have arrived
    if lost is None:
        assert said(rows) == "No id is repeated, so nothing is lost: all three lines agree."
    elif np.array_equal(dW, right):
        assert said(rows).startswith("Nothing is lost")
    else:
        assert said(rows).startswith(f"The {lost}: row {ids[-1]} of dW is ")


def test_a_line_and_the_ids_are_chosen_by_keyboard(figure):
    rows = figure("rows[back]")
    rows.get_by_label("dW[idx] = dout", exact=True).focus()
    for _ in range(2):
        rows.page.keyboard.press("ArrowDown")
    assert said(rows) == "Nothing is lost: row 1 of dW is the sum, 101 202 303 404."
    rows.get_by_label("idx[0]").focus()
    rows.page.keyboard.press("ArrowUp")
    assert said(rows) == "No id is repeated, so nothing is lost: all three lines agree."
