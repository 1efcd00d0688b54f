"""The icons: drawn, committed, and the same when they are drawn again."""

from pathlib import Path

import pytest
from PIL import Image

from skill.authoring.build import PACKAGE
from skill.authoring.icons import ICON_SIZES, icon, icon_bytes, icon_file

IMAGES = PACKAGE / "assets" / "images"


def test_there_is_one_of_each_size_that_amazon_wants_and_no_other_file() -> None:
    assert ICON_SIZES == (108, 512)
    assert {path.name for path in IMAGES.iterdir()} == {icon_file(size) for size in ICON_SIZES}


@pytest.mark.parametrize("size", ICON_SIZES)
def test_drawn_again_it_has_the_same_pixels_as_the_file(size: int) -> None:
    with Image.open(IMAGES / icon_file(size)) as there:
        assert (there.format, there.mode, there.size) == ("PNG", "RGBA", (size, size))
        assert there.tobytes() == icon(size).tobytes()


@pytest.mark.parametrize("size", ICON_SIZES)
def test_its_shapes_stand_out_and_its_corners_are_clear(size: int) -> None:
    drawn = icon(size)
    colours = drawn.getcolors(size * size) or []
    shares = sorted(count / size**2 for count, colour in colours if isinstance(colour, tuple) and colour[3] == 255)
    small, large, ground = shares[-3:]
    assert ground > 0.4 > large > small > 0.04
    clear = drawn.getchannel("A")
    assert [clear.getpixel(corner) for corner in ((0, 0), (size - 1, 0), (0, size - 1), (size - 1, size - 1))] == [
        0
    ] * 4


def test_the_same_pixels_keep_their_file_and_others_make_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "icon.png"
    icon(108).save(path, "PNG", compress_level=0)
    assert icon_bytes(108, path) == path.read_bytes()
    assert icon_bytes(108, tmp_path / "none.png") != path.read_bytes()
    changed = icon(108)
    changed.putpixel((54, 54), (0, 0, 0, 255))
    changed.save(path, "PNG")
    assert icon_bytes(108, path) == icon_bytes(108, tmp_path / "none.png") != path.read_bytes()
