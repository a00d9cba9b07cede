"""Pictures: edited in the browser before they leave it, taken in without what the camera wrote, shown large over the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from config import Settings
from social_cme.extensions import db
from social_cme.media.models import Image
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory
from tests.media.conftest import files_in
from tests.media.pictures import SECRET, decoded, drawing, encoded, photograph

pytestmark = pytest.mark.browser

Enter = Callable[..., Visitor]


def _file(name: str, data: bytes, kind: str = "image/jpeg") -> Any:
    return {"name": name, "mimeType": kind, "buffer": data}


def _open_editor(page: Page, data: bytes, name: str = "IMG_2041_Jane_Roe.jpg") -> None:
    page.get_by_text("Add a picture", exact=True).click()
    page.get_by_label("Picture", exact=True).set_input_files(_file(name, data))
    page.get_by_role("application", name="Picture being edited").wait_for()


def _drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw on the picture from one place to another, given as shares of its size."""
    canvas = page.get_by_role("application", name="Picture being edited")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move((places[0][0] + places[1][0]) / 2, places[1][1])
    page.mouse.move(*places[1])
    page.mouse.up()


def _describe(page: Page, *, of_patient: bool = False) -> None:
    page.get_by_label("What it shows").fill("A red and a blue half with a black box")
    if of_patient:
        page.get_by_label("Yes, with written consent").check()
        page.get_by_label("Date of the consent").fill("2026-03-01")
        page.get_by_label("Obtained by").fill("The treating physician")
    else:
        page.get_by_label("No. A drawing").check()
    page.get_by_label("I looked at it").check()


def _add(page: Page) -> None:
    page.get_by_role("button", name="Add this picture").click()
    page.get_by_role("button", name=re.compile("^Remove the picture")).last.wait_for(timeout=30_000)


def _pixel(path: Path, x: float, y: float) -> tuple[int, int, int]:
    picture = decoded(path.read_bytes()).convert("RGB")
    found = picture.getpixel((int(picture.width * x), int(picture.height * y)))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def _remember_what_is_sent(page: Page) -> None:
    """Keep each file that the page sends, as it is when it leaves the browser."""
    page.evaluate(
        """() => {
          window.sentFiles = [];
          const send = XMLHttpRequest.prototype.send;
          XMLHttpRequest.prototype.send = function (body) {
            for (const [, value] of body instanceof FormData ? body : []) {
              if (!(value instanceof File)) continue;
              const { name, type } = value;
              window.sentFiles.push(value.arrayBuffer().then((all) => ({ name, type, bytes: [...new Uint8Array(all)] })));
            }
            return send.call(this, body);
          };
        }"""
    )


def _only_image() -> Image:
    # What this process read before is of the past by now.
    db.session.rollback()
    return db.session.query(Image).one()


def test_what_is_cut_and_covered_never_leaves_the_browser(make: Factory, enter: Enter, settings: Settings) -> None:
    author, peer = make.user("Ada Author"), make.user("Ben Peer")
    room = make.room(members=(author, peer))
    writer = enter(author)
    page = writer.go(f"/rooms/{room.slug}/threads/new?kind=question")
    page.get_by_label("Title").fill("Which rhythm is this?")
    page.get_by_label("Text").fill("The strip is below.")
    _remember_what_is_sent(page)

    # 1,200 by 900: red on the left, blue on the right. The crop takes the left half and keeps the blue one.
    _open_editor(page, photograph(1200, 900))
    assert writer.axe() == []
    page.get_by_role("button", name="Crop").click()
    _drag(page, (0.5, 0.0), (1.0, 1.0))
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Black out").click()
    _drag(page, (0.1, 0.1), (0.5, 0.4))
    page.get_by_role("button", name="Arrow").click()
    _drag(page, (0.9, 0.9), (0.7, 0.7))
    # A second box is a slip, and taken back.
    page.get_by_role("button", name="Black out").click()
    _drag(page, (0.5, 0.5), (0.95, 0.95))
    page.get_by_role("button", name="Undo").click()
    _describe(page, of_patient=True)
    assert writer.axe() == []
    _add(page)

    sent = page.evaluate("Promise.all(window.sentFiles)")
    assert [(one["name"], one["type"]) for one in sent] == [("picture", "image/jpeg")]
    raw = bytes(sent[0]["bytes"])
    assert decoded(raw).size == (600, 900)
    assert dict(decoded(raw).getexif()) == {}
    assert SECRET.encode() not in raw
    page.get_by_role("button", name="Post question").click()
    page.get_by_role("heading", level=1, name="Which rhythm is this?").wait_for()
    shown = page.get_by_role("img", name="A red and a blue half with a black box")
    shown.wait_for()
    assert shown.evaluate(
        "image => image.complete && image.naturalWidth > 0 || new Promise(done => image.onload = () => done(true))"
    )
    assert writer.axe() == []

    image = _only_image()
    assert (image.width, image.height) == (600, 900)
    assert (image.consent, image.consent_by, image.holder) == ("written", "The treating physician", "thread")
    for path in files_in(settings.media_folder):
        picture = decoded(path.read_bytes())
        assert dict(picture.getexif()) == {}
        assert SECRET.encode() not in path.read_bytes()
        for x in (0.12, 0.3, 0.48):
            for y in (0.12, 0.25, 0.38):
                assert max(_pixel(path, x, y)) <= 12, (path.name, x, y)
        # Nothing of the red half is left, and what was taken back is gone.
        for x, y in ((0.02, 0.5), (0.02, 0.95), (0.6, 0.55), (0.95, 0.5)):
            red, _green, blue = _pixel(path, x, y)
            assert blue > 150 > 90 > red
        yellow = _pixel(path, 0.8, 0.8)
        assert yellow[0] > 150 < yellow[1]

    # A reader opens it over the page, goes closer, and comes back to where they were.
    reader = enter(peer, viewport=PHONE)
    other = reader.go(page.url.removeprefix(writer.url).split("#")[0])
    link = other.get_by_role("link", name="A red and a blue half with a black box")
    # Before its script is there the link opens the file itself, which is good too and tested elsewhere.
    other.wait_for_load_state("networkidle")
    link.click()
    dialog = other.get_by_role("dialog", name="Picture, enlarged")
    dialog.get_by_role("img", name="A red and a blue half with a black box").wait_for()
    assert reader.axe() == []
    small = dialog.get_by_role("img").bounding_box()
    other.keyboard.press("+")
    other.keyboard.press("+")
    large = dialog.get_by_role("img").bounding_box()
    assert small is not None
    assert large is not None
    assert large["width"] > small["width"] * 1.5
    other.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert link.evaluate("element => element === document.activeElement")


def test_the_tools_work_with_the_keyboard_alone(make: Factory, enter: Enter, settings: Settings) -> None:
    author = make.user("Ada Author")
    room = make.room(members=(author,))
    writer = enter(author)
    page = writer.go(f"/rooms/{room.slug}/threads/new?kind=discussion")
    _open_editor(page, encoded(drawing(800, 600)), "strip.png")
    canvas = page.get_by_role("application", name="Picture being edited")
    canvas.focus()
    # The first key puts a box into the middle; from there it is moved to the left, made larger, and applied.
    page.keyboard.press("ArrowLeft")
    for key in ["ArrowLeft"] * 5 + ["Shift+ArrowDown"] * 4 + ["Enter"]:
        page.keyboard.press(key)
    page.get_by_role("button", name="Arrow").focus()
    page.keyboard.press("Enter")
    canvas.focus()
    for key in ("ArrowUp", "Shift+ArrowUp", "Enter", "Control+z"):
        page.keyboard.press(key)
    assert page.get_by_role("button", name="Undo").is_enabled()
    # A frame that was drawn and not applied is meant all the same: nothing outside of it is sent.
    page.get_by_role("button", name="Crop").focus()
    page.keyboard.press("Enter")
    canvas.focus()
    page.keyboard.press("ArrowLeft")
    _describe(page)
    page.get_by_label("What it shows").press("Enter")
    page.get_by_role("button", name=re.compile("^Remove the picture")).wait_for(timeout=30_000)
    assert page.url.endswith("kind=discussion")
    path = max(files_in(settings.media_folder), key=lambda one: int(one.stem))
    assert max(_pixel(path, 0.3, 0.5)) == 0
    assert max(_pixel(path, 0.3, 0.72)) == 0
    assert decoded(path.read_bytes()).size == (320, 240)
    assert _pixel(path, 0.9, 0.5)[2] > 150


def test_a_refusal_and_a_lost_connection_keep_the_picture_and_its_words(make: Factory, enter: Enter) -> None:
    author = make.user("Ada Author")
    room = make.room(members=(author,))
    writer = enter(author)
    page = writer.go(f"/rooms/{room.slug}/threads/new?kind=discussion")
    page.get_by_label("Title").fill("Not lost")
    page.get_by_label("Text").fill("Neither is this.")
    _open_editor(page, encoded(drawing(300, 200)), "strip.png")
    page.get_by_role("button", name="Add this picture").click()
    problem = page.locator("[data-picture-error]")
    problem.get_by_text("Describe the picture for a colleague who cannot see it.").wait_for()
    assert page.get_by_label("What it shows").get_attribute("aria-invalid") == "true"
    _describe(page)
    # The form is not sent while a picture is open: it would be lost.
    page.get_by_role("button", name="Post discussion").click()
    problem.get_by_text("This picture is not added yet.").wait_for()

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/api/v1/rooms/*/images", cut)
    page.get_by_role("button", name="Add this picture").click()
    problem.get_by_text("The server could not be reached. The picture is still here").wait_for()
    page.unroute("**/api/v1/rooms/*/images")
    _add(page)
    assert not problem.is_visible()
    page.get_by_text("Draft saved").wait_for()

    # On another device the draft brings its picture along.
    elsewhere = enter(author)
    other = elsewhere.go(f"/rooms/{room.slug}/threads/new?kind=discussion")
    other.get_by_role("button", name=re.compile("^Remove the picture")).wait_for()
    other.get_by_role("button", name="Post discussion").click()
    other.get_by_role("img", name="A red and a blue half with a black box").wait_for()
    assert _only_image().holder == "thread"


def test_a_pasted_picture_opens_and_one_that_is_none_is_refused(make: Factory, enter: Enter) -> None:
    author = make.user("Ada Author")
    room = make.room(members=(author,))
    page = enter(author).go(f"/rooms/{room.slug}/threads/new?kind=discussion")
    page.get_by_text("Add a picture", exact=True).click()
    page.get_by_label("Picture", exact=True).set_input_files(_file("x.png", b"no picture", "image/png"))
    page.get_by_text("This file is not a picture that can be shown.").wait_for()
    page.get_by_label("Text").focus()
    page.evaluate(
        """async () => {
          const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
          const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
          const data = new DataTransfer();
          data.items.add(new File([blob], "pasted.png", { type: "image/png" }));
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    page.get_by_role("application", name="Picture being edited").wait_for()
    page.get_by_role("button", name="Do not add it").click()
    page.get_by_role("application", name="Picture being edited").wait_for(state="hidden")
    page.get_by_label("Title").fill("Without it")
    page.get_by_label("Text").fill("Words alone.")
    page.get_by_role("button", name="Post discussion").click()
    page.get_by_role("heading", level=1, name="Without it").wait_for()


def test_without_scripts_a_picture_goes_with_the_form(make: Factory, enter: Enter, settings: Settings) -> None:
    author = make.user("Ada Author")
    room = make.room(members=(author,))
    page = enter(author, java_script_enabled=False).go(f"/rooms/{room.slug}/threads/new?kind=discussion")
    page.get_by_label("Title").fill("Plain")
    page.get_by_label("Text").fill("Words and a picture.")
    page.get_by_text("Add a picture", exact=True).click()
    page.get_by_label("Picture", exact=True).set_input_files(_file("IMG.jpg", photograph()))
    _describe(page)
    page.get_by_role("button", name="Add this picture").click()
    page.get_by_role("button", name=re.compile("^Remove the picture")).wait_for()
    assert page.get_by_label("Text").input_value() == "Words and a picture."
    page.get_by_role("button", name="Post discussion").click()
    page.get_by_role("img", name="A red and a blue half with a black box").wait_for()
    for path in files_in(settings.media_folder):
        assert SECRET.encode() not in path.read_bytes()
