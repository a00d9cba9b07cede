"""J3 whole: a mentor leads a live Q&A before three learners and a projector, one of them is cut off for 40 seconds, and nothing is lost.

What a screen reader hears is tested by role: a log that stays quiet by itself, polite regions that say what is new, named buttons.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from social_cme.core import clock
from tests.browser.conftest import PHONE, Visitor
from tests.factories import Factory
from tests.live.decks import pdf

pytestmark = pytest.mark.browser

EARLY = "When do you add acetazolamide?"
SECRET = "Is a rising creatinine a reason to stop the diuretic?"
ALIKE = "Do you stop when creatinine rises?"
QUIZ = "Still wet after three days: what next?"
CUT_SECONDS = 40
# What everybody sees alike, whoever they are: compared between learners, and with a page that is opened anew.
SHARED = """() => {
    const texts = (query) => [...document.querySelectorAll(query)].map((one) => one.textContent.trim().replace(/\\s+/g, " "));
    return {
        questions: [...document.querySelectorAll("[data-list] [data-question]")].map((one) =>
            [one.closest("[data-list]").dataset.list, one.dataset.question, one.dataset.state, one.dataset.score, one.dataset.mergedInto]).sort(),
        order: [...document.querySelectorAll("[data-list=open] > li")].map((one) => one.dataset.question),
        chat: texts("[data-message] .chat-text"),
        polls: [...document.querySelectorAll("[data-poll-list] [data-poll]")].map((one) => [one.dataset.poll, one.dataset.state]),
        bars: texts("[data-poll-list] .poll-bars li"),
        slide: document.querySelector("[data-slide-image]").alt,
        hands: [...document.querySelectorAll("[data-hands-list] > li")].map((one) => [one.dataset.hand, one.dataset.state]),
        floor: texts("[data-field=speaker]"),
        segment: texts("[data-field=now]"),
    };
}"""

# Keeps what the page's one polite region says, as a screen reader would hear it.
LISTEN = """
    window.heard = [];
    new MutationObserver(() => {
        const region = document.querySelector("body > [role=status][aria-live=polite]");
        const words = region ? region.textContent : "";
        if (words && words !== window.heard.at(-1)) window.heard.push(words);
    }).observe(document, { subtree: true, childList: true });
"""


@dataclass
class Evening:
    """Who is there, each in a browser of their own."""

    slug: str
    guide: Visitor
    maya: Visitor
    noah: Visitor
    lee: Visitor
    hall: Visitor
    address: str = ""

    @property
    def learners(self) -> tuple[Visitor, Visitor, Visitor]:
        return self.maya, self.noah, self.lee

    @property
    def everybody(self) -> tuple[Visitor, ...]:
        return (self.guide, *self.learners)


def test_j3_a_mentor_leads_a_live_session(make: Factory, enter: Callable[..., Visitor]) -> None:
    mentor = make.user("Mira Mentor")
    learners = [make.user(name) for name in ("Maya Learner", "Noah Learner", "Lee Learner")]
    room = make.room(mentor=mentor, members=learners)
    one, two, three = learners
    evening = Evening(room.slug, enter(mentor), enter(one, viewport=PHONE), enter(two), enter(three), enter(mentor))
    for visitor in evening.everybody:
        visitor.context.add_init_script(LISTEN)
    _plan(evening)
    _prepare(evening)
    _gather(evening)
    _start(evening)
    _queue(evening)
    _slides(evening)
    lost_at = _first_vote_and_cut(evening)
    _discuss_and_vote_again(evening)
    _floor(evening)
    _chat(evening)
    _come_back(evening, lost_at)
    _end(evening)
    _threads(evening)
    _records(evening)


def _plan(evening: Evening) -> None:
    page = evening.guide.go(f"/rooms/{evening.slug}/live/new")
    starts = clock.now() + timedelta(minutes=20)
    page.get_by_label("Title", exact=True).fill("Bring the patient who is stuck")
    page.get_by_label("Starts").fill(starts.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Ends").fill((starts + timedelta(minutes=45)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Time zone of these times").select_option("UTC")
    page.get_by_role("group", name="Led by").get_by_label("Mira Mentor").check()
    expect(page.get_by_label("Questions may be asked under a pseudonym")).to_be_hidden()
    page.locator("summary", has_text="Agenda").click()
    for number, (title, minutes) in enumerate((("Why loops fail", "15"), ("Your patients", "30")), start=1):
        page.get_by_role("button", name="Add a segment").click()
        page.get_by_label(f"Segment {number}: Title").fill(title)
        page.get_by_label("Minutes", exact=True).nth(number - 1).fill(minutes)
    page.get_by_label("Interactive").nth(1).check()
    page.get_by_text("45 minutes in all, 45 count").wait_for()
    page.get_by_role("button", name="Put it on the calendar").click()
    page.get_by_role("heading", level=1, name="Bring the patient who is stuck").wait_for()
    evening.address = page.url.removeprefix(evening.guide.url)


def _prepare(evening: Evening) -> None:
    page = evening.guide.page
    invitation = page.get_by_role("link", name="Add to calendar").get_attribute("href")
    assert "SUMMARY:Bring the patient who is stuck" in page.request.get(f"{evening.guide.url}{invitation}").text()
    page.locator("summary", has_text="Slides").click()
    deck = {
        "name": "loops.pdf",
        "mimeType": "application/pdf",
        "buffer": pdf(["Loop diuretics", "Twice the oral dose"]),
    }
    page.get_by_label("A PDF").set_input_files(deck)  # type: ignore[arg-type]
    page.get_by_label("I looked through every page").check()
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("2 pages are ready").wait_for()
    evening.guide.go(evening.address)
    page.locator("summary", has_text="Polls").click()
    page.get_by_role("link", name="Prepare a poll").click()
    page.get_by_label("Kind").select_option("quiz")
    page.get_by_role("textbox", name="Question").fill(QUIZ)
    page.get_by_label("Options").fill("Double the furosemide\nAdd metolazone\nWait a day")
    page.get_by_label("Right answers").fill("2")
    page.get_by_label("Why that is right").fill("Sequential nephron blockade.")
    page.get_by_label("Vote, discuss, vote again").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text(QUIZ).first.wait_for(state="attached")


def _gather(evening: Evening) -> None:
    """In the lobby everybody sees that the connection works, says that they come, and may ask."""
    evening.guide.go(evening.address)
    for one in evening.learners:
        one.go(evening.address)
        _status(one, re.compile(r"You are connected, \d+ ms"))
        one.page.get_by_role("button", name="I am coming", pressed=False).click()
        one.page.get_by_role("button", name="I am coming", pressed=True).wait_for()
    _ask(evening.noah, EARLY)
    _hears(evening.maya, "One new question")
    page = evening.lee.page
    page.get_by_label("Ask as").select_option("member")
    page.get_by_text("Who can see through a pseudonym").wait_for()
    _ask(evening.lee, SECRET)
    theirs = _question(evening.noah, SECRET)
    theirs.get_by_text("Member of this room").wait_for()
    assert "Lee" not in theirs.inner_text()
    sheet = evening.guide.page
    sheet.get_by_role("link", name="Prep sheet").click()
    for body in (EARLY, SECRET):
        sheet.get_by_role("region", name="Most wanted questions").get_by_text(body).wait_for()
    evening.guide.go(evening.address)


def _start(evening: Evening) -> None:
    evening.guide.page.get_by_role("button", name="Start the session").click()
    for one in evening.everybody:
        one.page.get_by_role("region", name="Answering now").wait_for()
        one.page.get_by_text("Connected", exact=True).wait_for(state="attached")
    evening.hall.go(f"{evening.address}/projector")
    evening.hall.page.get_by_role("heading", name="The next question is being chosen").wait_for()
    log = evening.noah.page.get_by_role("log", name="Messages, oldest first")
    assert log.get_attribute("aria-live") == "off", "the log is read on demand; only what is new is said"


def _queue(evening: Evening) -> None:
    _ask(evening.maya, ALIKE)
    _hears(evening.noah, "One new question")
    vote = f"votes. I want this answered: {SECRET}"
    for one in (evening.noah, evening.maya):
        one.page.get_by_role("button", name=vote, pressed=False).click()
        one.page.get_by_role("button", name=vote, pressed=True).wait_for()
    assert _question(evening.lee, SECRET).get_by_role("button").count() == 0, "nobody votes for a question of their own"
    guide = evening.guide.page
    guide.get_by_role("link", name=f"More for: {ALIKE}").click()
    dialog = guide.get_by_role("dialog", name="This question")
    dialog.get_by_label("Merge into").select_option(label=SECRET)
    dialog.get_by_role("button", name="Merge").click()
    for one in evening.everybody:
        _question(one, SECRET).get_by_text("also asked by Maya Learner").wait_for()
    guide.get_by_role("button", name=re.compile(f"Answer now.*{re.escape(SECRET)}")).click()
    for one in evening.learners:
        one.page.get_by_role("region", name="Answering now").locator(".queue-text", has_text=SECRET).first.wait_for()
        _hears(one, f"Answering now: {SECRET}")
    evening.hall.page.get_by_role("heading", level=2, name=SECRET).wait_for()


def _slides(evening: Evening) -> None:
    evening.hall.page.keyboard.press("s")
    evening.maya.page.get_by_role("button", name=re.compile("^Slides, polls")).click()
    evening.guide.page.get_by_role("button", name="Next slide, for everybody").click()
    for one in (evening.hall, *evening.learners):
        one.page.get_by_role("img", name="Slide 2: Twice the oral dose").wait_for()
    _hears(evening.noah, "Slide 2 of 2: Twice the oral dose")
    assert evening.maya.axe() == []


def _first_vote_and_cut(evening: Evening) -> float:
    guide = evening.guide.page
    guide.get_by_role("button", name="Open now").first.click()
    for one in evening.learners:
        _hears(one, f"New poll: {QUIZ}")
    evening.hall.page.keyboard.press("p")
    evening.hall.page.get_by_role("heading", name=QUIZ).wait_for()
    for one, choice in zip(
        evening.learners, ("Double the furosemide", "Add metolazone", "Double the furosemide"), strict=True
    ):
        _vote(one, choice)
    evening.lee.context.set_offline(True)
    lost_at = time.monotonic()
    evening.lee.page.get_by_text("Offline", exact=True).wait_for()
    return lost_at


def _discuss_and_vote_again(evening: Evening) -> None:
    desk = evening.guide.page.get_by_role("article", name=QUIZ)
    desk.locator(".poll-bars").get_by_text("2 · 67 %").wait_for()
    desk.get_by_role("button", name="Close and discuss").click()
    card = evening.maya.page.get_by_role("article", name=QUIZ)
    card.get_by_text("Discuss", exact=True).wait_for()
    desk.get_by_role("button", name="Vote again").click()
    for one in (evening.maya, evening.noah):
        _vote(one, "Add metolazone")
    desk.get_by_role("button", name="Close and show the answer").click()
    for one in (evening.maya, evening.noah):
        shown = one.page.get_by_role("article", name=QUIZ)
        shown.get_by_text("Sequential nephron blockade.").wait_for()
        shown.get_by_role("group", name="First vote").locator(".poll-bars").get_by_text("2 · 67 %").wait_for()
        shown.get_by_role("group", name="Second vote").locator(".poll-bars").get_by_text("2 · 100 %").wait_for()
        shown.get_by_role("row", name="Double the furosemide Add metolazone 1").wait_for()
    assert [one.axe() for one in (evening.guide, evening.noah, evening.hall)] == [[], [], []]


def _floor(evening: Evening) -> None:
    evening.noah.page.get_by_role("button", name="Raise my hand", pressed=False).click()
    _hears(evening.noah, "Your hand is up.")
    hands = evening.guide.page.get_by_role("list", name="Raised hands, the first first")
    hands.get_by_text("Noah Learner").first.wait_for()
    evening.guide.page.get_by_role("button", name="Next speaker").click()
    _hears(evening.noah, "You have the floor.")
    _hears(evening.maya, "Noah Learner has the floor.")
    evening.hall.page.get_by_text("Noah Learner speaks").wait_for()


def _chat(evening: Evening) -> None:
    maya, noah, guide = evening.maya.page, evening.noah.page, evening.guide.page
    maya.get_by_role("button", name=re.compile("^Chat")).click()
    maya.get_by_role("textbox", name="Message").fill("Which trial was that?")
    maya.get_by_role("button", name="Send", exact=True).click()
    for page in (guide, noah):
        page.get_by_role("log", name="Messages, oldest first").get_by_text("Which trial was that?").wait_for()
    _hears(evening.noah, "Maya Learner: Which trial was that?")
    guide.get_by_role("textbox", name="Message").fill("ADVOR. It is in the summary.")
    guide.get_by_role("button", name="Send", exact=True).click()
    maya.get_by_role("log", name="Messages, oldest first").get_by_text("ADVOR. It is in the summary.").wait_for()
    guide.get_by_role("button", name="Next: Your patients").click()
    for one in (evening.guide, evening.noah):
        one.page.locator("[data-pace-now]", has_text="Now: Your patients").wait_for()
    maya.get_by_role("button", name=re.compile("^Questions")).click()
    _ask(evening.maya, "How long do you go on?")
    _question(evening.noah, "How long do you go on?").wait_for()


def _come_back(evening: Evening, lost_at: float) -> None:
    """Forty seconds without a network, in which all of that happened; then nothing is missing and nothing is there twice."""
    lee = evening.lee
    assert lee.page.get_by_text("Which trial was that?").count() == 0
    time.sleep(max(0.0, CUT_SECONDS - (time.monotonic() - lost_at)))
    lee.context.set_offline(False)
    lee.page.get_by_text("Connected", exact=True).wait_for(timeout=20_000)
    lee.page.get_by_text("ADVOR. It is in the summary.").wait_for(timeout=20_000)
    _settle(lee, evening.noah.page.evaluate(SHARED))
    after = lee.page.evaluate(SHARED)
    lee.page.reload()
    lee.page.get_by_text("Connected", exact=True).wait_for()
    assert lee.page.evaluate(SHARED) == after, "what came over the socket is what a page opened anew shows"
    assert lee.page.evaluate("window.heard") == [], "what was there before is not read out"
    lee.troubles[:] = [one for one in lee.troubles if "ERR_INTERNET_DISCONNECTED" not in one]


def _end(evening: Evening) -> None:
    guide = evening.guide.page
    guide.get_by_role("link", name=f"More for: {SECRET}").click()
    dialog = guide.get_by_role("dialog", name="This question")
    dialog.get_by_label("Written answer").fill("No: it is a sign of decongestion more often than of harm.")
    dialog.get_by_role("button", name="Mark as answered").click()
    for one in evening.learners:
        one.page.locator("[data-list=done]").get_by_text("sign of decongestion").wait_for(state="attached")
    guide.get_by_text("End the session").click()
    guide.get_by_role("button", name="End it now").click()
    for one in evening.everybody:
        one.page.get_by_text("Ended", exact=True).first.wait_for(timeout=20_000)
        expect(one.page.get_by_role("link", name="Read the thread")).to_have_count(4, timeout=20_000)


def _threads(evening: Evening) -> None:
    """Every question is a thread: an answered one with its answer, an open one with the day on which it is due."""
    page = evening.noah.page
    question = _question(evening.noah, SECRET)
    question.get_by_role("link", name="Read the thread").first.click()
    page.get_by_role("heading", level=1, name=SECRET).wait_for()
    page.get_by_text("No: it is a sign of decongestion").first.wait_for()
    assert "Member of this room" in page.get_by_role("main").inner_text()
    assert "Lee Learner" not in page.get_by_role("main").inner_text()
    evening.noah.go(evening.address)
    _question(evening.noah, EARLY).get_by_role("link", name="Read the thread").click()
    page.get_by_role("heading", level=1, name=EARLY).wait_for()
    page.get_by_role("complementary", name="From a live session").get_by_text(
        re.compile("an answer is due by")
    ).wait_for()


def _records(evening: Evening) -> None:
    """The transcript, the statistics, and for each person how the minutes came about."""
    page = evening.maya.go(f"{evening.address}/transcript")
    for words in (SECRET, "Which trial was that?", "No: it is a sign of decongestion"):
        page.get_by_role("main").get_by_text(words).first.wait_for()
    evening.maya.go(evening.address).get_by_role("article", name=QUIZ).get_by_role(
        "group", name="Second vote"
    ).wait_for()
    page = evening.guide.go(f"{evening.address}/statistics")
    table = page.get_by_role("table", name=re.compile("By name"))
    for name in ("Mira Mentor", "Maya Learner", "Noah Learner", "Lee Learner"):
        row = table.get_by_role("row", name=re.compile(name))
        assert re.search(r"\d+ min", row.inner_text())
    for one in evening.everybody:
        page = one.go(f"{evening.address}/my-minutes")
        page.get_by_role("heading", name="How my minutes were counted").wait_for()
        pieces = page.get_by_role("region", name="Every piece of your time").locator("tr.is-counted")
        assert pieces.count() >= 1, "what was attended is on record"
    assert evening.lee.page.locator("tr.is-gap, tr.is-counted").count() >= 1


def _ask(visitor: Visitor, body: str) -> None:
    visitor.page.get_by_label("Ask a question").fill(body)
    visitor.page.get_by_role("button", name="Ask", exact=True).click()
    _question(visitor, body).wait_for()


def _vote(visitor: Visitor, choice: str) -> None:
    card = visitor.page.get_by_role("article", name=QUIZ)
    card.get_by_label(choice).check()
    card.get_by_role("button", name="Vote").click()
    card.get_by_text("Your vote is in.").wait_for()


def _question(visitor: Visitor, body: str) -> Locator:
    text = visitor.page.locator(".queue-text", has_text=body)
    return visitor.page.locator("li.queue-item:not(.queue-merged li)").filter(has=text).first


def _status(visitor: Visitor, words: Any) -> None:
    visitor.page.get_by_role("status").filter(has_text=words).wait_for(state="attached")


def _hears(visitor: Visitor, words: str) -> None:
    """The one polite region of the page says it."""
    visitor.page.wait_for_function("words => window.heard.some((one) => one.includes(words))", arg=words)


def _settle(visitor: Visitor, wanted: dict[str, Any]) -> None:
    deadline = time.monotonic() + 15
    while (found := visitor.page.evaluate(SHARED)) != wanted and time.monotonic() < deadline:
        visitor.page.wait_for_timeout(250)
    assert found == wanted
