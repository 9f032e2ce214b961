"""The tracks of a corpus are cut into batches as Python cuts them. Needs `make book` first."""

import numpy as np
import pytest
from live_figures import press, said, set_slider, set_sliders, shown

from rnnlm_ref.text import window_batches


@pytest.mark.parametrize("N", [1, 2, 3, 4])
def test_the_tracks_give_the_batches_that_python_cuts(figure, N):
    live = figure("tracks")
    ids = np.arange(26)
    words = shown(live, "ruby", "e.firstChild.textContent")
    set_slider(live.get_by_label("tracks N"), N)
    for T in range(2, 7):
        set_slider(live.get_by_label("steps T"), T)
        batches = list(window_batches(ids, batch_size=N, time_size=T))
        for k, expected in enumerate(batches):
            cells = shown(live, "td", "[Number(e.firstChild.textContent), e.lastChild.textContent]")
            assert np.array_equal(np.reshape([i for i, _ in cells], (2, N, T)), expected)
            assert all(words[i] == word for i, word in cells)
            place = f"goes on at {expected[0][0, 0]}, " if k else f"stops at {expected[0][0, -1]}, "
            assert said(live).startswith(
                f"{len(batches)} {'batches' if batches[1:] else 'batch'}. In batch {k} row 0 {place}"
            )
            press(live, "Next batch")  # at the end it stays
        unused = 25 - sum(x.size for x, _ in batches)
        assert f"Of 25 pairs {unused} " in said(live)


def test_windows_side_by_side_are_those_that_python_cuts_and_where_a_row_leaps_is_said(figure):
    live = figure("tracks")
    live.get_by_label("windows side by side").check()
    wrong = np.arange(24).reshape(-1, 2, 3)
    for k, expected in enumerate(wrong):
        cells = shown(live, "td", "Number(e.firstChild.textContent)")
        assert np.array_equal(np.reshape(cells, (2, 2, 3)), [expected, expected + 1])
        leaps = ", but it has just read" in said(live)
        assert leaps == (k > 0)
        press(live, "Next batch")
    press(live, "Start over")
    press(live, "Next batch")
    assert said(live) == (
        "4 batches. In batch 1 row 0 goes on at 6, “sat”, but it has just read 2, “dark”; "
        "row 1 goes on at 9, “tree”, but it has just read 5, “owl”."
    )
    set_slider(live.get_by_label("tracks N"), 1)
    press(live, "Next batch")
    assert said(live).endswith("row 0 goes on at 3, “night”.")
    set_sliders(live, {"tracks N": 4, "steps T": 5})
    assert said(live).endswith("It is the last batch. Of 25 pairs 5 aren’t used.")


def test_of_the_whole_text_in_one_line_every_fifth_id_is_written(figure):
    live = figure("tracks")
    live.get_by_label("windows side by side").check()  # so that no tracks are drawn below it
    assert shown(live, "text.tracks-id", "Number(e.textContent)") == [0, 5, 10, 15, 20, 25]


def test_the_window_of_the_tracks_lies_over_the_ids_of_its_batch(figure):
    live = figure("tracks")
    live.page.emulate_media(reduced_motion="reduce")
    press(live, "Next batch")
    inside = live.evaluate(
        """live => [".tracks-inputs", ".tracks-targets"].map(kind => {
        const box = live.querySelector(kind).getBoundingClientRect();
        return [...live.querySelectorAll("text.tracks-id")].filter(text => {
            const at = text.getBoundingClientRect();
            return at.left > box.left && at.right < box.right && at.top > box.top && at.bottom < box.bottom;
        }).map(text => Number(text.textContent));
    })"""
    )
    _, (xs, ts), *_ = window_batches(np.arange(26), batch_size=2, time_size=3)
    assert inside == [xs.ravel().tolist(), ts.ravel().tolist()]
