"""What is made of an upload: pixels alone, within bounds, outside this process."""

from __future__ import annotations

import gzip
import resource
import threading
import time

import pytest
from PIL import Image as Pixels
from PIL import ImageCms

from social_cme.core.errors import Invalid, Unavailable
from social_cme.media import decoding
from social_cme.media.decoding import make_files
from tests.media.pictures import SECRET, chunk, decoded, drawing, encoded, photograph, pixel_bomb


def test_a_large_picture_becomes_three_sizes_and_a_small_one_stays_as_it_is() -> None:
    files = make_files(encoded(drawing(2400, 1200)))
    assert [(one.size, one.width, one.height) for one in files] == [(320, 320, 160), (960, 960, 480), (1920, 1920, 960)]
    small = make_files(encoded(drawing(100, 80)))
    assert [(one.size, one.width, one.height) for one in small] == [(320, 100, 80)]
    assert {decoded(one.data).format for one in (*files, *small)} == {"WEBP"}


def test_nothing_that_a_camera_wrote_and_nothing_behind_the_picture_is_kept() -> None:
    raw = photograph()
    assert SECRET.encode() in raw
    assert Pixels.Exif.get_ifd(decoded(raw).getexif(), 0x8825)
    for one in make_files(raw):
        new = decoded(one.data)
        assert SECRET.encode() not in one.data
        assert b"script" not in one.data
        assert dict(new.getexif()) == {}
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(new.info)


def test_words_in_a_png_are_not_kept() -> None:
    plain = encoded(drawing(60, 40))
    raw = plain[:33] + chunk(b"tEXt", b"Comment\x00" + SECRET.encode()) + plain[33:]
    assert SECRET.encode() not in make_files(raw)[0].data


@pytest.mark.parametrize(("orientation", "size"), [(1, (640, 480)), (3, (640, 480)), (6, (480, 640)), (8, (480, 640))])
def test_a_picture_is_turned_as_the_camera_noted(orientation: int, size: tuple[int, int]) -> None:
    largest = make_files(photograph(orientation=orientation))[-1]
    assert (largest.width, largest.height) == size
    red_corner = {1: (5, 5), 3: (635, 475), 6: (5, 5), 8: (5, 635)}[orientation]
    red, _green, blue = decoded(largest.data).convert("RGB").getpixel(red_corner)
    assert red > 150 > blue


def test_what_is_black_stays_black_in_a_photograph_too() -> None:
    picture = drawing(800, 600)
    picture.paste((0, 0, 0), (100, 100, 300, 300))
    for raw in (encoded(picture), encoded(picture, "JPEG", quality=92)):
        for one in make_files(raw)[1:]:
            scale = one.width / 800
            inside = decoded(one.data).convert("RGB").crop([round(value * scale) for value in (110, 110, 290, 290)])
            assert max(high for _low, high in inside.getextrema()) <= 8


def test_colors_are_brought_into_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A profile in which red and blue have changed places: what its red channel holds is blue to the eye.
    swapped = profile.replace(b"rXYZ", b"****").replace(b"bXYZ", b"rXYZ").replace(b"****", b"bXYZ")
    new = decoded(make_files(encoded(drawing(50, 50), icc_profile=swapped))[0].data).convert("RGB")
    red, _green, blue = new.getpixel((5, 25))
    assert blue > 150 > red


def test_a_profile_that_does_not_fit_is_no_reason_to_refuse_a_picture() -> None:
    for profile in (ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(), b"no profile at all"):
        new = decoded(make_files(encoded(drawing(50, 50), icc_profile=profile))[0].data).convert("RGB")
        assert new.getpixel((5, 25))[0] > 150


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixels_is_taken(mode: str) -> None:
    picture = Pixels.new(mode, (40, 30), 1) if mode in {"1", "I;16"} else drawing(40, 30).convert(mode)
    assert decoded(make_files(encoded(picture))[0].data).mode == "RGB"


def test_what_is_transparent_is_white_as_on_paper() -> None:
    new = decoded(make_files(encoded(Pixels.new("RGBA", (20, 20), (0, 0, 0, 0))))[0].data)
    assert new.convert("RGB").getpixel((10, 10)) == (255, 255, 255)


def test_of_an_animation_the_first_frame_is_kept() -> None:
    frames = [drawing(60, 40), *(Pixels.new("RGB", (60, 40), (0, value, 0)) for value in range(200))]
    raw = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0)
    new = decoded(make_files(raw)[0].data)
    assert getattr(new, "n_frames", 1) == 1
    assert new.convert("RGB").getpixel((5, 5))[0] > 150


def test_a_pixel_bomb_is_refused_before_it_is_decoded() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    started = time.monotonic()
    for raw in (pixel_bomb(), pixel_bomb(60_000, 300), pixel_bomb(2**31 - 1, 2**31 - 1)):
        with pytest.raises(Invalid, match="too many pixels"):
            make_files(raw)
    assert time.monotonic() - started < 5
    # 900 million pixels would be 2.7 GB; reading the head of the file costs what the library itself does.
    assert max(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, before) < max(before, 200_000) + 50_000


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7 <html><script>alert(1)</script></html>",
        b"GIF89a/*\x00\x00*/=1;alert(1)//",
        b"\xff\xd8\xff\xe0" + bytes(100),
        b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(20),
        gzip.compress(bytes(10_000_000)),
        b"PK\x03\x04" + bytes(1000),
        b"BM" + bytes(1000),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        photograph()[:3000],
        encoded(drawing())[:200],
    ],
    ids=[
        "nothing",
        "gif head",
        "svg",
        "pdf",
        "gif and script",
        "jpeg head",
        "webp head",
        "gzip",
        "zip",
        "bmp",
        "eps",
        "cut jpeg",
        "cut png",
    ],
)
def test_what_is_no_whole_picture_is_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        make_files(raw)
    assert refused.value.fields["file"][0].endswith((".", "WebP or GIF."))


def test_the_kind_of_file_is_told_by_its_content() -> None:
    # A JPEG that begins as one is one, whatever a page would make of what follows.
    raw = photograph() + b"<html><body onload=alert(1)>"
    assert all(b"onload" not in one.data for one in make_files(raw))


def test_many_at_once_wait_for_their_turn_and_then_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_slots", threading.BoundedSemaphore(1))
    monkeypatch.setattr(decoding, "WAIT_SECONDS", 0.05)
    with decoding._slots, pytest.raises(Unavailable):
        make_files(encoded(drawing(10, 10)))
    assert make_files(encoded(drawing(10, 10)))


def test_a_decoder_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    stuck = tmp_path / "stuck.py"
    stuck.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(decoding, "PROGRAM", stuck)
    monkeypatch.setattr(decoding, "TIMEOUT_SECONDS", 0.3)
    with pytest.raises(Invalid):
        make_files(b"x")


def test_the_decoder_can_write_no_file_and_has_bounded_memory(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    target = tmp_path / "written"
    for attack in (f"open({str(target)!r}, 'wb').write(bytes(100))", "bytearray(2_000_000_000)"):
        program = tmp_path / "attack.py"
        source = decoding.PROGRAM.read_text().replace("raw = sys.stdin.buffer.read()", attack)
        program.write_text(source)
        with monkeypatch.context() as patch:
            patch.setattr(decoding, "PROGRAM", program)
            with pytest.raises(Invalid):
                make_files(b"x")
    assert not target.exists() or target.stat().st_size == 0
