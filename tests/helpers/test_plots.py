"""Figures carry their alternative text; interactive cells stand still when nobody can move them."""

import matplotlib
import matplotlib.pyplot as plt
import pytest

from helpers import plots
from helpers.widgets import explore

matplotlib.use("agg")


@pytest.fixture
def displayed(monkeypatch):
    seen = []
    monkeypatch.setattr("IPython.display.display", lambda data, metadata=None, raw=False: seen.append((data, metadata)))
    return seen


def test_a_figure_is_shown_with_its_text_and_closed(displayed):
    figure, axis = plt.subplots()
    plots.show(figure, alt="a rising line")
    data, metadata = displayed[0]
    assert data["image/png"] and metadata["image/png"]["alt"] == "a rising line"
    assert "a rising line" in displayed[1][0]["text/html"]
    assert not plt.fignum_exists(figure.number)


def test_the_description_is_text_not_markup(displayed):
    plots.show(plt.figure(), alt="p < 0.05 & <script>")
    assert "p &lt; 0.05 &amp; &lt;script&gt;" in displayed[1][0]["text/html"]


def test_the_same_figure_is_the_same_bytes(displayed):
    for _ in range(2):
        figure, axis = plt.subplots()
        axis.plot([0, 1])
        plots.show(figure, alt="a line")
    assert displayed[:2] == displayed[2:]


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_a_figure_without_text_is_refused(alt):
    with pytest.raises(ValueError, match="alt="):
        plots.show(plt.figure(), alt=alt)


def contrast(color):
    """Contrast of a color against white (WCAG 2.1, relative luminance)."""
    channels = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in matplotlib.colors.to_rgb(color)]
    return 1.05 / (sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True)) + 0.05)


def test_the_first_three_colors_stand_out_from_the_ground():
    assert all(contrast(color) >= 3 for color in plots.PALETTE[:3])


class Slider:
    value = 3


@pytest.mark.parametrize("name", ["COURSE_STATIC", "NBGRADER_EXECUTION"])
def test_explore_runs_once_with_the_first_values_when_nobody_can_move_them(monkeypatch, name):
    monkeypatch.delenv("COURSE_STATIC", raising=False)
    monkeypatch.setenv(name, "1")
    calls = []
    explore(lambda x: calls.append(x), x=Slider())
    assert calls == [3]


def test_explore_hands_live_controls_to_ipywidgets(monkeypatch):
    import ipywidgets

    monkeypatch.delenv("COURSE_STATIC", raising=False)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    handed = {}
    monkeypatch.setattr(ipywidgets, "interact", lambda function, **controls: handed.update(controls))
    slider = ipywidgets.IntSlider(2)
    explore(lambda x: None, x=slider)
    assert handed == {"x": slider}


def test_explore_refuses_what_is_no_widget():
    with pytest.raises(TypeError, match="x=3 is not a widget"):
        explore(lambda x: None, x=3)
