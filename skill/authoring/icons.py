"""The skill's icons, drawn: a small round one, and a large arc that stays near it and leaves the way open."""

import io
from math import cos, radians, sin
from pathlib import Path

from PIL import Image, ImageDraw

__all__ = ["ICON_SIZES", "icon", "icon_bytes", "icon_file"]

ICON_SIZES = (108, 512)
"""Pixels of a side, as Amazon wants them."""

_FINER = 8
"""It is drawn so many times larger, and then brought down: that makes its edges smooth."""
_GROUND = (31, 75, 90)
_LARGE = (246, 234, 214)
_SMALL = (244, 178, 102)
_OPEN = (-12, 142)
"""Where the arc begins and ends to be open, in degrees clockwise from the right."""


def icon_file(size: int) -> str:
    """The name of the icon of this size in the package's folder of images."""
    return f"icon-{size}.png"


def icon(size: int) -> Image.Image:
    """Draw the icon, `size` pixels wide and high, on a transparent ground."""
    side = size * _FINER
    image = Image.new("RGBA", (side, side), (*_GROUND, 0))
    draw = ImageDraw.Draw(image)

    def around(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
        """The box of a circle; all are shares of the side."""
        return (x - radius) * side, (y - radius) * side, (x + radius) * side, (y + radius) * side

    x, y, outer, width = 0.5, 0.53, 0.33, 0.105
    draw.ellipse(around(0.5, 0.5, 0.49), fill=_GROUND)
    draw.arc(around(x, y, outer), _OPEN[1], 360 + _OPEN[0], fill=_LARGE, width=round(width * side))
    middle = outer - width / 2
    for end in map(radians, _OPEN):
        draw.ellipse(around(x + middle * cos(end), y + middle * sin(end), width / 2), fill=_LARGE)
    draw.ellipse(around(0.545, 0.605, 0.13), fill=_SMALL)
    return image.reduce(_FINER)


def icon_bytes(size: int, path: Path) -> bytes:
    """The icon as a PNG: the file that is there, where it shows the same; the same pixels have many PNGs."""
    drawn = icon(size)
    if path.exists():
        with Image.open(path) as there:
            if there.mode == drawn.mode and there.size == drawn.size and there.tobytes() == drawn.tobytes():
                return path.read_bytes()
    file = io.BytesIO()
    drawn.save(file, "PNG", optimize=True)
    return file.getvalue()
