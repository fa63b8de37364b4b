"""Charts as SVG: whole numbers in, pictures that a template places. Every label comes with the figures."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

FACE = "Noto Sans SC"
INK, QUIET, LINE = "#1c2733", "#5b6672", "#d5dae0"
COLOURS = ("#2f5d8a", "#b9c8d8", "#c98a2b")
"""What is now, what was before, and a third thing."""

_SIZE = 30  # of texts; pictures are drawn at four times the size in which they stand on paper


def columns(
    labels: Sequence[str], series: Mapping[str, Sequence[float]], write: Callable[[float], str], size: tuple[int, int]
) -> str:
    """Upright columns, beside each other by series; `write` puts a value into words on the axis. `size` in pixels."""
    return _drawn("Bar", labels, series, write, size)


def rows(
    labels: Sequence[str], series: Mapping[str, Sequence[float]], write: Callable[[float], str], size: tuple[int, int]
) -> str:
    """The same lying down, the first label on top."""
    backwards = {name: values[::-1] for name, values in series.items()}
    return _drawn("HorizontalBar", labels[::-1], backwards, write, size)


def _drawn(
    kind: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[float]],
    write: Callable[[float], str],
    size: tuple[int, int],
) -> str:
    pygal = _library()
    sizes = {
        f"{text}_font_size": _SIZE for text in ("label", "major_label", "value", "value_label", "legend", "no_data", "title")
    }
    chart = getattr(pygal, kind)(
        style=pygal.style.Style(
            background="transparent", plot_background="transparent", foreground=QUIET, foreground_strong=INK,
            foreground_subtle=LINE, guide_stroke_color=LINE, major_guide_stroke_color=LINE, font_family=FACE,
            colors=COLOURS, opacity=1, opacity_hover=1, transition="none", **sizes,
        ),
        js=(), width=size[0], height=size[1], explicit_size=True, disable_xml_declaration=True, margin=4, margin_right=50,
        spacing=16, legend_at_bottom=True, legend_at_bottom_columns=len(series), legend_box_size=_SIZE * 0.7,
        truncate_legend=-1, truncate_label=-1, print_values=False, min_scale=3, max_scale=5,
    )  # fmt: skip
    chart.uuid = "chart"  # else another one each time
    chart.x_labels = list(labels)
    chart.value_formatter = write
    for name, values in series.items():
        chart.add(name, list(values))
    drawn: str = chart.render(is_unicode=True)
    return drawn


def _library() -> Any:
    """Loaded when first drawn with, and without the finder that pygal puts among Python's own for map plugins: it knows only
    what Python 3.11 calls outdated, so every module that is looked for and not found would be a warning."""
    import pygal
    import pygal.style

    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]
    return pygal
