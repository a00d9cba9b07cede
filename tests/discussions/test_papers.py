"""What is known of papers: looked up at two services, brought in from a list, and what a retraction sets off."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask import Flask

from social_cme.accounts.models import User
from social_cme.core import clock
from social_cme.core.errors import Forbidden, Invalid
from social_cme.discussions import jobs as scheduled
from social_cme.discussions.enums import PaperStatus
from social_cme.discussions.models import Citation, Paper, Post, RetractionNotice, Thread
from social_cme.discussions.rules.papers import Standing, read_crossref, read_notice, read_pubmed, standing_by_notices
from social_cme.discussions.services.edits import edit_post
from social_cme.discussions.services.endorsements import endorse_answer, renew_endorsement
from social_cme.discussions.services.lookups import Services, look_up_due
from social_cme.discussions.services.retractions import import_retractions
from social_cme.extensions import db
from social_cme.jobs.outbound import OutboundClient, OutboundError, UnknownThereError
from social_cme.notifications.queries import list_notices
from tests.conftest import build_settings
from tests.discussions.journal_club import Club, count, facts, reload

HEADER = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,RetractionDOI,"
    "RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes"
)
PUBMED = {
    "uid": "31475795",
    "pubdate": "2019 Nov 21",
    "source": "N Engl J Med",
    "fulljournalname": "The New England journal of medicine",
    "authors": [
        {"name": name, "authtype": "Author"} for name in ("McMurray JJV", "Solomon SD", "Inzucchi SE", "Kober L")
    ],
    "title": "Dapagliflozin in <i>Heart Failure</i> &amp; Reduced Ejection Fraction.",
    "articleids": [{"idtype": "pubmed", "value": "31475795"}, {"idtype": "doi", "value": "10.1056/NEJMoa1911303"}],
    "pubtype": ["Journal Article"],
    "references": [],
}
CROSSREF = {
    "DOI": "10.1056/nejmoa2007621",
    "title": ["Cardiovascular Disease, Drug Therapy, and Mortality in Covid-19"],
    "author": [{"given": "Mandeep R.", "family": "Mehra"}, {"name": "A group"}],
    "container-title": ["New England Journal of Medicine"],
    "issued": {"date-parts": [[2020, 6, 18]]},
}
RETRACTED = {
    "DOI": "10.1056/nejmc2021225",
    "type": "retraction",
    "label": "Retraction",
    "updated": {"date-parts": [[2020, 6, 4]]},
}


class Desk:
    """Plays both services: answers by path, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.answers: dict[str, list[tuple[int, Any, dict[str, str]]]] = {}
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                path = unquote(parts.path)
                desk.asked.append((path, parse_qs(parts.query)))
                waiting = desk.answers.get(path) or [(404, "Resource not found.", {})]
                status, body, headers = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_words: Any) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def say(self, path: str, body: Any, status: int = 200, **headers: str) -> None:
        self.answers.setdefault(path, []).append((status, body, headers))

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def desk() -> Iterator[Desk]:
    one = Desk()
    yield one
    one.close()


@pytest.fixture
def services(desk: Desk) -> Services:
    def client(path: str) -> OutboundClient:
        return OutboundClient(desk.url + path, agent="tests", pause=0.001, seconds=2)

    return Services(pubmed=client("/eutils"), crossref=client(""), contact="cme@example.org")


@pytest.fixture
def thread(club: Club) -> Thread:
    return club.question()


def paper() -> Paper:
    db.session.rollback()
    return db.session.query(Paper).one()


def told(user: User) -> list[str]:
    return [str(one.kind) for one in list_notices(user).items]


def summary(*records: dict[str, Any]) -> dict[str, Any]:
    return {"header": {"type": "esummary"}, "result": {"uids": [], **{one["uid"]: one for one in records}}}


def listed(**values: str) -> io.StringIO:
    row = dict.fromkeys(HEADER.split(","), "")
    row |= {"Record ID": "26114", "RetractionNature": "Retraction", "RetractionDate": "6/4/2020 0:00", **values}
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER.split(","))
    writer.writeheader()
    writer.writerow(row)
    text.seek(0)
    return text


def bring_in(**values: str) -> Any:
    return import_retractions(listed(**values), report=lambda *_told: None)


# ------------------------------------------------------------------ cards and their papers


def test_the_same_paper_is_one_however_it_is_written(club: Club, thread: Thread) -> None:
    for line in ("doi:10.1056/NEJMoa2007621", "https://doi.org/10.1056/nejmoa2007621", "Mehra 10.1056/NEJMOA2007621."):
        club.answer(thread, citations=[line])
    club.answer(thread, citations=["https://example.org/guideline"])
    assert count(Paper) == 1
    assert count(Citation) == 4
    assert db.session.query(Citation).filter(Citation.paper_id.is_(None)).one().kind == "url"


def test_nothing_is_asked_unless_the_operator_allowed_it(club: Club, thread: Thread, desk: Desk, app: Flask) -> None:
    assert app.extensions["settings"].outbound_lookups is False
    club.answer(thread, citations=["PMID 31475795"])
    scheduled.look_up_papers()
    assert (desk.asked, paper().status, paper().checked_at) == ([], "unknown", None)


def test_the_job_asks_the_configured_addresses_alone(
    club: Club, thread: Thread, desk: Desk, app: Flask, tmp_path: Path
) -> None:
    club.answer(thread, citations=["PMID 31475795", f"{desk.url}/posted", "https://example.org/a"])
    desk.say("/eutils/esummary.fcgi", summary(PUBMED))
    app.extensions["settings"] = build_settings(
        tmp_path,
        outbound_lookups=True,
        pubmed_url=f"{desk.url}/eutils/",
        crossref_url=desk.url,
        lookup_contact="a@b.org",
    )
    scheduled.look_up_papers()
    [(path, query)] = desk.asked
    assert path == "/eutils/esummary.fcgi"
    assert query == {
        "db": ["pubmed"],
        "retmode": ["json"],
        "id": ["31475795"],
        "tool": ["social-cme"],
        "email": ["a@b.org"],
    }
    assert paper().title == "Dapagliflozin in Heart Failure & Reduced Ejection Fraction"


@pytest.mark.parametrize(
    "address", ["ftp://example.org", "example.org", "https://a@example.org", "https://example.org/?x=1"]
)
def test_a_wrong_address_of_a_service_stops_the_start(tmp_path: Path, address: str) -> None:
    with pytest.raises(ValueError, match="must be an address"):
        build_settings(tmp_path, crossref_url=address)


# ------------------------------------------------------------------ looking up


def test_pubmed_fills_a_card(club: Club, thread: Thread, desk: Desk, services: Services) -> None:
    club.answer(thread, citations=["PMID 31475795"])
    desk.say("/eutils/esummary.fcgi", summary(PUBMED))
    assert look_up_due(services) == 1
    found = paper()
    assert (found.authors, found.journal, found.year) == (
        "McMurray JJV, Solomon SD, Inzucchi SE, et al.",
        "The New England journal of medicine",
        2019,
    )
    assert (found.doi, found.status, found.checked_with) == ("10.1056/nejmoa1911303", "standing", "pubmed")
    assert look_up_due(services) == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert look_up_due(services) == 1
    assert len(desk.asked) == 2
    assert facts("answer.source_status_changed") == []


def test_crossref_fills_a_card_and_is_asked_for_notices_about_it(
    club: Club, thread: Thread, desk: Desk, services: Services
) -> None:
    club.answer(thread, citations=["doi:10.1056/NEJMoa2007621"])
    desk.say("/works/10.1056/nejmoa2007621", {"status": "ok", "message": CROSSREF})
    notice = {"DOI": "10.1056/NEJMc2021225", "update-to": [{**RETRACTED, "DOI": "10.1056/NEJMoa2007621"}]}
    desk.say("/works", {"status": "ok", "message": {"items": [notice]}})
    assert look_up_due(services) == 1
    found = paper()
    assert (found.title, found.authors, found.year) == (CROSSREF["title"][0], "Mehra MR, A group", 2020)  # type: ignore[index]
    assert (found.status, found.status_on, found.notice_doi) == ("retracted", date(2020, 6, 4), "10.1056/nejmc2021225")
    assert desk.asked[1] == (
        "/works",
        {"mailto": ["cme@example.org"], "filter": ["updates:10.1056/nejmoa2007621"], "rows": ["20"]},
    )


def test_a_number_that_nobody_knows_is_not_asked_for_again_at_once(
    club: Club, thread: Thread, desk: Desk, services: Services
) -> None:
    club.answer(thread, citations=["PMID 99999999", "doi:10.1000/nothing"])
    desk.say("/eutils/esummary.fcgi", summary({"uid": "99999999", "error": "cannot get document summary"}))
    assert look_up_due(services) == 2
    rows = db.session.query(Paper).all()
    assert {(one.status, one.title, one.checked_at is not None) for one in rows} == {("unknown", "", True)}
    assert look_up_due(services) == 0


def test_a_service_that_fails_is_tried_again_and_then_later(
    club: Club, thread: Thread, desk: Desk, services: Services
) -> None:
    club.answer(thread, citations=["doi:10.1056/NEJMoa2007621"])
    place = "/works/10.1056/nejmoa2007621"
    desk.say(place, "busy", status=503)
    desk.say(place, "slow down", status=429, **{"Retry-After": "3600"})
    desk.say(place, {"message": {**CROSSREF, "updated-by": [RETRACTED]}})
    assert look_up_due(services) == 1
    assert [path for path, _ in desk.asked] == [place] * 3
    assert paper().status == "retracted"
    desk.answers[place] = [(500, "down", {})]
    later = clock.now() + timedelta(days=31)
    with clock.at(later):
        assert look_up_due(services) == 0
        assert look_up_due(services) == 0
    assert (paper().status, paper().failures) == ("retracted", 1)
    assert paper().next_check_at == later + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("status", "body", "headers", "error"),
    [
        (302, "moved", {"Location": "http://169.254.169.254/latest"}, OutboundError),
        (200, b"<html>", {}, OutboundError),
        (200, b"1" * (4 * 1024 * 1024 + 1), {}, OutboundError),
        (400, "no", {}, OutboundError),
        (404, "none", {}, UnknownThereError),
    ],
)
def test_nothing_but_a_short_answer_of_that_server_is_taken(
    desk: Desk, services: Services, status: int, body: Any, headers: dict[str, str], error: type[Exception]
) -> None:
    desk.say("/works/x", body, status=status, **headers)
    with pytest.raises(error):
        services.crossref.get_json("works", "x")
    assert {path for path, _ in desk.asked} == {"/works/x"}


def test_a_doi_cannot_lead_to_another_path_or_server(desk: Desk, services: Services) -> None:
    for doi in ("10.1000/../../admin", "10.1000/x?mailto=y", "10.1000/@evil.example/x", "10.1000//evil.example/"):
        with pytest.raises(UnknownThereError):
            services.crossref.get_json("works", doi)
    assert [(path, query) for path, query in desk.asked] == [
        ("/works/10.1000/../../admin", {}),
        ("/works/10.1000/x?mailto=y", {}),
        ("/works/10.1000/@evil.example/x", {}),
        ("/works/10.1000//evil.example/", {}),
    ]


def test_a_server_that_is_away_is_an_error_for_later() -> None:
    nobody = OutboundClient("http://127.0.0.1:9", agent="tests", pause=0.001, seconds=0.5)
    with pytest.raises(OutboundError):
        nobody.get_json("works")


# ------------------------------------------------------------------ what services say


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, PaperStatus.STANDING),
        ({"pubtype": ["Journal Article", "Retracted Publication"]}, PaperStatus.RETRACTED),
        ({"references": [{"reftype": "Retraction in", "refsource": "N Engl J Med. 2020"}]}, PaperStatus.RETRACTED),
        ({"references": [{"reftype": "Expression of concern in"}]}, PaperStatus.CONCERN),
        ({"references": [{"reftype": "Erratum in"}, {"reftype": "Comment in"}]}, PaperStatus.CORRECTED),
        ({"references": None, "pubtype": "x", "authors": [None, {"name": 3}]}, PaperStatus.STANDING),
    ],
)
def test_pubmed_is_read_as_documented(changes: dict[str, Any], status: PaperStatus) -> None:
    facts_read = read_pubmed({**PUBMED, **changes})
    assert facts_read is not None
    assert facts_read.standing.status == status


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, PaperStatus.STANDING),
        ({"updated-by": [RETRACTED]}, PaperStatus.RETRACTED),
        ({"updated-by": [{"type": "correction"}, {"type": "expression-of-concern"}]}, PaperStatus.CONCERN),
        ({"updated-by": [{"type": "erratum", "updated": {"date-parts": [[2021, 13, 40]]}}]}, PaperStatus.CORRECTED),
        ({"title": ["RETRACTED: A finding"]}, PaperStatus.RETRACTED),
        ({"title": ["Retracted studies and their fate"]}, PaperStatus.STANDING),
        # The notice itself updates another work; nothing was published about the notice.
        ({"update-to": [RETRACTED]}, PaperStatus.STANDING),
        ({"title": None, "author": "x", "issued": {"date-parts": [[None]]}, "updated-by": {}}, PaperStatus.STANDING),
    ],
)
def test_crossref_is_read_as_documented(changes: dict[str, Any], status: PaperStatus) -> None:
    facts_read = read_crossref({**CROSSREF, **changes})
    assert facts_read is not None
    assert facts_read.standing.status == status


@pytest.mark.parametrize("nonsense", [None, [], "x", {}, {"error": "no"}, {"title": 3}])
def test_nonsense_is_no_paper(nonsense: Any) -> None:
    assert read_pubmed(nonsense) is None
    assert read_crossref(nonsense) is None


# ------------------------------------------------------------------ the list


def test_the_list_marks_what_is_cited_and_is_remembered_for_later(club: Club, thread: Thread) -> None:
    first = club.answer(thread, citations=["doi:10.1056/NEJMoa2007621"])
    came = bring_in(
        OriginalPaperDOI="10.1056/NEJMoa2007621", OriginalPaperPubMedID="32356626", RetractionDOI="10.1056/NEJMc2021225",
        Title="Cardiovascular Disease", Author="Mandeep R Mehra;Sapan S Desai", Journal="NEJM", OriginalPaperDate="5/1/2020 0:00",
        Reason="+Concerns/Issues About Data;+Original Data not Provided;",
    )  # fmt: skip
    assert (came.lines, came.notices, came.bad, came.papers_changed) == (1, 1, 0, 1)
    found = paper()
    assert (found.status, found.status_on, found.notice_doi) == ("retracted", date(2020, 6, 4), "10.1056/nejmc2021225")
    assert found.status_reason == "Concerns/Issues About Data; Original Data not Provided"
    assert (found.title, found.authors, found.year) == (
        "Cardiovascular Disease",
        "Mandeep R Mehra, Sapan S Desai",
        2020,
    )
    assert [fact["post_id"] for fact in facts("answer.source_status_changed")] == [first.id]
    later = club.answer(thread, citations=["PMID 32356626"])
    number = db.session.query(Paper).filter_by(kind="pmid").one()
    assert (number.status, number.checked_with) == ("retracted", "retraction_watch")
    with pytest.raises(Forbidden, match="retracted paper"):
        endorse_answer(club.ctx(club.mentor), post_id=later.id, evidence_level="low")
    again = bring_in(
        OriginalPaperDOI="10.1056/NEJMoa2007621", OriginalPaperPubMedID="32356626", RetractionDOI="10.1056/NEJMc2021225"
    )
    assert (again.papers_changed, count(RetractionNotice)) == (0, 1)


def test_a_reinstatement_undoes_a_retraction(club: Club, thread: Thread) -> None:
    club.answer(thread, citations=["PMID 7"])
    bring_in(OriginalPaperPubMedID="7")
    assert paper().status == "retracted"
    bring_in(
        **{"Record ID": "2", "RetractionNature": "Reinstatement", "RetractionDate": "2022-01-02"},
        OriginalPaperPubMedID="7",
    )
    assert paper().status == "standing"
    assert [fact["status"] for fact in facts("answer.source_status_changed")] == ["retracted", "standing"]


def test_what_a_service_said_is_not_softened_by_the_list(
    club: Club, thread: Thread, desk: Desk, services: Services
) -> None:
    club.answer(thread, citations=["PMID 31475795"])
    desk.say("/eutils/esummary.fcgi", summary({**PUBMED, "pubtype": ["Retracted Publication"]}))
    look_up_due(services)
    bring_in(OriginalPaperPubMedID="31475795", RetractionNature="Correction")
    assert paper().status == "retracted"


@pytest.mark.parametrize(
    "row",
    [
        {"OriginalPaperPubMedID": "0", "OriginalPaperDOI": "unavailable"},
        {"OriginalPaperPubMedID": "7", "RetractionNature": "Something else"},
        {"OriginalPaperPubMedID": "7", "Record ID": ""},
        {"OriginalPaperPubMedID": "7.5"},
    ],
)
def test_a_line_that_says_nothing_is_named_and_skipped(row: dict[str, str]) -> None:
    values = {"Record ID": "1", "RetractionNature": "Retraction", "OriginalPaperDOI": "", **row}
    assert read_notice(values) is None


def test_another_file_is_refused_as_a_whole(club: Club) -> None:
    with pytest.raises(Invalid, match="Retraction Watch"):
        import_retractions(["name,value\n", "a,b\n"], report=lambda *_told: None)
    assert count(RetractionNotice) == 0


def test_the_last_reinstatement_counts_and_what_came_after_it() -> None:
    retracted, back = (
        Standing(PaperStatus.RETRACTED, date(2020, 1, 1)),
        Standing(PaperStatus.STANDING, date(2021, 1, 1)),
    )
    doubted = Standing(PaperStatus.CONCERN, date(2022, 1, 1))
    assert standing_by_notices([doubted, retracted, back]) == doubted
    assert standing_by_notices([back, retracted]) == back
    assert standing_by_notices([]) is None


def test_the_command_tells_what_came_of_it(app: Flask, club: Club, thread: Thread, tmp_path: Path) -> None:
    club.answer(thread, citations=["doi:10.1000/182"])
    good = "1,A title,,,A journal,,,Somebody,,,6/4/2020 0:00,,0,1/1/2019 0:00,10.1000/182,0,Retraction,+Error,No,"
    bad = "2,,,,,,,,,,,,0,,,0,Retraction,,No,"
    file = tmp_path / "list.csv"
    file.write_bytes(
        "\n".join([HEADER, good, bad, ""]).encode() + b"3,Caf\xe9,,,,,,,,,,,0,,10.1000/3,0,Correction,,No,\n"
    )
    done = app.test_cli_runner().invoke(args=["citations", "import-retractions", str(file)])
    assert done.exit_code == 0, done.output
    assert "3 lines read, 2 notices kept, 1 lines skipped; the status of 1 papers" in done.output
    assert "line 3: names no paper" in done.output
    assert paper().status == "retracted"
    file.write_text("a,b\n1,2\n")
    refused = app.test_cli_runner().invoke(args=["citations", "import-retractions", str(file)])
    assert refused.exit_code == 1
    assert "column “Record ID” is missing" in refused.output


# ------------------------------------------------------------------ what a retraction sets off


def test_a_retraction_lets_endorsements_lapse_and_tells_author_and_mentor(
    club: Club, thread: Thread, deliver: Callable[[], int]
) -> None:
    answer = club.answer(thread, citations=["PMID 7"])
    other = club.answer(thread, club.second, citations=["PMID 8"])
    for post in (answer, other):
        endorse_answer(club.ctx(club.mentor), post_id=post.id, evidence_level="high")
    deliver()
    bring_in(OriginalPaperPubMedID="7")
    deliver()
    assert (reload(answer).is_endorsed, reload(other).is_endorsed, reload(thread).endorsed_count) == (False, True, 1)
    [fact] = facts("endorsement.lapsed")
    assert (fact["post_id"], fact["reason"]) == (answer.id, "retraction")
    assert told(club.peer)[0] == "source_retracted"
    assert told(club.mentor) == ["source_retracted"]
    assert "source_retracted" not in told(club.second)
    with pytest.raises(Forbidden, match="retracted paper"):
        renew_endorsement(club.ctx(club.mentor), post_id=answer.id)
    edit_post(club.ctx(club.peer), post_id=answer.id, body="Ten milligrams.", citations=["PMID 9"])
    renew_endorsement(club.ctx(club.mentor), post_id=answer.id)
    assert reload(answer).is_endorsed


def test_an_edit_that_brings_a_retracted_paper_in_lets_them_lapse_too(club: Club, thread: Thread) -> None:
    bring_in(OriginalPaperPubMedID="7")
    answer = club.answer(thread, citations=["PMID 8"])
    endorse_answer(club.ctx(club.mentor), post_id=answer.id, evidence_level="high")
    edit_post(club.ctx(club.peer), post_id=answer.id, body="Ten milligrams.", citations=["PMID 7"])
    assert reload(answer).is_endorsed is False
    assert [fact["reason"] for fact in facts("endorsement.lapsed")] == ["retraction"]


def test_readers_see_the_retraction_on_the_card_and_on_the_answer(
    club: Club, thread: Thread, login: Callable[[User], Any]
) -> None:
    club.answer(thread, citations=["My label PMID 7"])
    bring_in(
        OriginalPaperPubMedID="7",
        Title="A finding",
        Journal="A journal",
        Author="One;Two;Three;Four",
        Reason="+Error in Data",
    )
    page = login(club.second).get(f"/rooms/{club.room.slug}/threads/{thread.id}").text
    for said in (
        "Names a retracted paper",
        "A finding",
        "One, Two, Three, et al. · A journal",
        "Reason given: Error in Data",
        "My label",
    ):
        assert said in page
    shown = login(club.second).get(f"/api/v1/rooms/{club.room.slug}/threads/{thread.id}/answers").get_json()["items"][0]
    assert shown["names_retracted"] is True
    assert shown["citations"][0]["paper"]["status"] == "retracted"


def test_a_card_costs_the_page_nothing_more(club: Club, thread: Thread, count_queries: Any) -> None:
    from social_cme.discussions.queries.posts import citations_of

    ids = [club.answer(thread, citations=[f"PMID {number}", f"doi:10.1000/{number}"]).id for number in range(1, 5)]
    db.session.rollback()
    db.session.expire_all()
    with count_queries() as seen:
        cards = [one.paper for rows in citations_of(ids).values() for one in rows]
    assert (len(seen), len(cards)) == (1, 8)
    assert db.session.query(Post).count() == 4
