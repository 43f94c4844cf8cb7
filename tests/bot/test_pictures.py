"""Pictures from outside: made anew, or refused before they cost anything."""

import contextlib
import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.pictures import LARGEST_FILE, NotAPicture, PictureTooLarge, made_anew, opened


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few hundred bytes whose header says that the picture is huge."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_nothing_that_the_file_carried_is_left() -> None:
    picture = Image.new("RGB", (300, 200), "teal")
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"SecretComment")
    clean = made_anew(out.getvalue())
    assert b"Secret" in out.getvalue()
    assert b"Secret" not in clean
    assert Image.open(io.BytesIO(clean)).size == (300, 200)


def test_a_picture_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(out, "JPEG", exif=exif)
    assert Image.open(io.BytesIO(made_anew(out.getvalue()))).size == (200, 300)


@pytest.mark.parametrize("size", [(60_000, 60_000), (1, 2**31 - 1), (9_000, 9_000)])
def test_a_picture_that_would_fill_the_memory_is_refused_unread(size: tuple[int, int]) -> None:
    with pytest.raises(PictureTooLarge):
        opened(png_that_claims(*size))


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(PictureTooLarge):
        opened(png(2, 2) + b"\0" * LARGEST_FILE)


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"<svg/>", png(20, 20)[:60], png_that_claims(50, 50), b"GIF89a" + b"\xff" * 50]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        opened(data)


def test_formats_that_phones_do_not_make_are_refused() -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "TIFF")
    with pytest.raises(NotAPicture):
        opened(out.getvalue())


@given(st.binary(max_size=400), st.integers(0, 200))
def test_damaged_pictures_never_raise_anything_else(noise: bytes, cut: int) -> None:
    for data in (noise, png(20, 20)[:cut] + noise):
        with contextlib.suppress(NotAPicture, PictureTooLarge):
            made_anew(data)
