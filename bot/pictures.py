"""Pictures from outside: refused when they are none, too large or made to exhaust memory, and made anew otherwise."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_FILE = 10 * 1024 * 1024  # bytes; Telegram's own limit for photos
_LARGEST_AREA = 40_000_000  # pixels: decoded, three bytes each
_LONGEST_SIDE = 2560
_QUALITY = 88
# Only what phones make. Pillow knows some forty formats more, and each is a parser that could have a hole.
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")


class NotAPicture(Exception):
    """The bytes are no picture that we read."""


class PictureTooLarge(Exception):
    """The file or the picture in it is larger than we take."""


def opened(data: bytes) -> Image.Image:
    """The first picture in `data`, upright, in RGB. Raises NotAPicture or PictureTooLarge.

    The size stands in the header, and is looked at before anything is decoded.
    """
    if len(data) > LARGEST_FILE:
        raise PictureTooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a size that we judge ourselves
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
        if picture.width * picture.height > _LARGEST_AREA:
            raise PictureTooLarge
        # A JPEG can be decoded at a smaller scale straight away.
        picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
        return ImageOps.exif_transpose(picture).convert("RGB")
    except (Image.DecompressionBombError, MemoryError):
        raise PictureTooLarge from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError):
        raise NotAPicture from None  # Pillow's parsers raise all of these for damaged files


def made_anew(data: bytes) -> bytes:
    """The same picture as a JPEG of our own: without place, time, device or anything else that the file carried.

    Raises NotAPicture or PictureTooLarge.
    """
    picture = opened(data)
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
