"""Figures that everybody can read: one palette, one style, and an alternative text for each.

The palette is Okabe and Ito's, which stays distinct under the common forms of color blindness. Figures have an
opaque white ground, so that they read the same in a light and in a dark notebook.
"""

import base64
import html
import io

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#F0E442")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")      # a second cue beside color

STYLE = {
    "figure.figsize": (6.4, 3.6), "figure.facecolor": "white", "savefig.facecolor": "white", "figure.dpi": 110,
    "axes.facecolor": "white", "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "grid.color": "#d9d9d9", "grid.linewidth": 0.6, "axes.axisbelow": True, "font.size": 10, "lines.linewidth": 1.8,
    "legend.frameon": False, "image.cmap": "cividis", "image.interpolation": "nearest",
}


def style():
    """Set the course's figure style for all figures that follow."""
    import matplotlib as mpl

    mpl.rcParams.update(STYLE)
    mpl.rcParams["axes.prop_cycle"] = mpl.cycler(color=PALETTE)


def show(figure, alt):
    """Display a matplotlib figure with its description in words, and close it.

    `alt` says what the picture shows, with the numbers that matter, for readers who do not see it. It is stored as
    the image's alternative text (which exports to HTML use) and shown as a fold below the image (JupyterLab gives
    images of outputs no alternative text). Raises ValueError when it is empty.
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"alt={alt!r}: say in a sentence what the figure shows")
    import matplotlib.pyplot as plt
    from IPython.display import display

    picture = io.BytesIO()
    # No version and no date in the file: the same figure is the same bytes.
    figure.savefig(picture, format="png", bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    png = base64.b64encode(picture.getvalue()).decode()
    display({"image/png": png, "text/plain": "<Figure>"}, metadata={"image/png": {"alt": alt}}, raw=True)
    fold = f"<details><summary>Figure in words</summary>{html.escape(alt)}</details>"
    display({"text/html": fold, "text/plain": f"Figure in words: {alt}"}, raw=True)
