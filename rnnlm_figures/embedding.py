"""Figures of chapter 2: rows are picked, and gradients collected."""

from .drawing import BLUE, BLUE_FILL, FAINT, ORANGE, ORANGE_FILL, PAPER, SMALL, Drawing

ROW_FILLS, ROW_COLOURS = {1: BLUE_FILL, 4: ORANGE_FILL}, {1: BLUE, 4: ORANGE}  # of the two rows that chapter 2 follows


def rows_picked(table, ids):
    """Return a drawing of ids that pick rows of a table, 1 and 4 in colours of their own."""
    picture = Drawing(10, 9)
    for x, y, name in [(0.6, 2.5, "idx"), (4.1, 0.5, "W"), (8.5, 2.5, "W[idx]")]:
        picture.text(x, y, name, bold=True)
    _numbered_table(picture, 2.7, table, width=0.7)
    for n, v in enumerate(ids):
        apart = (n - 1) * 0.2
        picture.cell(0.1, 3 + n, v, fill=ROW_FILLS[v])
        picture.arrow((1.15, 3.5 + n), (2.25, 1.5 + v + apart), colour=ROW_COLOURS[v])
        picture.array(7.1, 3 + n, table[v], fills=[ROW_FILLS[v]], width=0.7)
        picture.arrow((5.55, 1.5 + v + apart), (7.05, 3.5 + n), colour=ROW_COLOURS[v])
    picture.text(4.1, 8.5, "row 1 is copied twice, row 4 once", colour=FAINT)
    return picture.show("""The ids 1, 4, 1 pick rows of the 7 by 4 table W. Row 1, which is 4 5 6 7, is copied into the
        first and the third row of the output; row 4, which is 16 17 18 19, into the second.""")


def rows_collected(ids, dout, dW):
    """Return a drawing of upstream rows that add up in the rows of the gradient that their ids name."""
    picture = Drawing(10, 9)
    for x, y, name in [(0.6, 2.5, "idx"), (2.9, 2.5, "dout"), (8.2, 0.5, "dW")]:
        picture.text(x, y, name, bold=True)
    _numbered_table(picture, 6.6, dW, width=0.8)
    for n, v in enumerate(ids):
        picture.cell(0.1, 3 + n, v, fill=ROW_FILLS[v])
        picture.array(1.3, 3 + n, dout[n], fills=[ROW_FILLS[v]], width=0.8)
        picture.arrow((4.6, 3.5 + n), (6.05, 1.5 + v + (n - 1) * 0.2), colour=ROW_COLOURS[v])
    picture.text(5, 8.5, f"row 1:  {dout[0, 0]:g} + {dout[2, 0]:g} = {dW[1, 0]:g}", colour=BLUE)
    first, second, third = (" ".join(f"{number:g}" for number in row) for row in dout)
    return picture.show(f"""The arrows of the first picture, turned round. The upstream rows {first}, {second} and
        {third} belong to the ids 1, 4 and 1. Row 1 of dW receives the first and the third and holds their sum,
        {" ".join(f"{number:g}" for number in dW[1])}; row 4 holds {second}; all other rows are 0.""")


def _numbered_table(picture, left, table, width):
    """Draw a table from the second line on, with the number of each row before it."""
    picture.array(left, 1, table, fills=[ROW_FILLS.get(v, PAPER) for v in range(len(table))], width=width)
    for v in range(len(table)):
        picture.text(left - 0.17, 1.5 + v, v, colour=FAINT, align="right", size=SMALL)
