"""A figure of attention: one query, and the share of each state that was kept."""

from .drawing import BLUE_FILL, FAINT, GREEN, GREEN_FILL, ORANGE, SMALL, Drawing


def looking_back(states, parts):
    """Return a drawing of the states of three steps of an RNN, and of a sum that takes a share of each."""
    whole = sum(parts)
    answer = sum(part * state for part, state in zip(parts, states, strict=True)) / whole
    picture = Drawing(10, 6.4)
    picture.text(0.2, 0.6, "an RNN hands on its last state", colour=ORANGE, align="left")
    for t, (state, part) in enumerate(zip(states, parts, strict=True)):
        left = 0.6 + 2.6 * t
        picture.cell(left, 1.3, state, fill=BLUE_FILL)
        picture.text(left + 0.5, 2.65, f"step {t}", colour=FAINT, size=SMALL)
        picture.arrow((left + 1.05, 1.8), (left + 2.5, 1.8), colour=ORANGE)
        picture.arrow((left + 0.5, 2.95), (3.1 + 0.6 * t, 4.75), colour=GREEN)
        picture.text([0.7, 4.0, 5.7][t], 3.95, f"{part}/{whole}", colour=GREEN, align="left")
    picture.cell(3.0, 4.85, f"{answer:.2f}", fill=GREEN_FILL, width=1.4)
    picture.text(4.7, 5.35, "attention takes a share of each", colour=GREEN, align="left")
    return picture.show(f"""The states {", ".join(map(str, states))} of three steps, in a row. Arrows to the right lead
        from each to the next. From each state one arrow also leads down to a sum, with the shares
        {", ".join(f"{part}/{whole}" for part in parts)}; the sum is {answer:.2f}.""")
