"""An SVG as a PNG, without a browser and without the machine's fonts: a container has none."""

from pathlib import Path

FONT = Path(__file__).resolve().parent / "fonts" / "OpenSans-Regular.ttf"
FAMILY = "Open Sans"
TIMES = 2.0  # sharp on paper and on a large screen


def png_of(svg: str, times: float = TIMES) -> bytes:
    """The picture, `times` as many pixels wide as the SVG says."""
    from resvg_py import svg_to_bytes  # three megabytes that only a download needs

    return bytes(
        svg_to_bytes(
            svg_string=svg,
            zoom=times,
            skip_system_fonts=True,
            font_files=[str(FONT)],
            font_family=FAMILY,
            sans_serif_family=FAMILY,
        )
    )
