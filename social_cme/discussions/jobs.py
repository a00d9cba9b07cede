"""Scheduled work of discussions: what nobody pressed a button for."""

from __future__ import annotations

from flask import current_app

from config import Settings
from social_cme.discussions.services import lapsing, lookups, outcomes, recall
from social_cme.discussions.services.escalating import escalate_overdue
from social_cme.jobs.outbound import OutboundClient
from social_cme.jobs.queue import job


@job("discussions.review_endorsements", every_seconds=900)
def review_endorsements() -> None:
    """Let endorsements lapse whose review date has passed, and remind mentors of those that will."""
    lapsing.lapse_overdue()
    lapsing.remind_of_reviews()


@job("discussions.look_up_papers", every_seconds=300)
def look_up_papers() -> None:
    """Ask PubMed and Crossref about papers that are due, unless the server is to stay by itself."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.outbound_lookups:
        return
    agent = f"SocialCME/1 ({settings.site_url}; mailto:{settings.lookup_contact or 'none'})"
    lookups.look_up_due(
        lookups.Services(
            pubmed=OutboundClient(settings.pubmed_url, agent=agent),
            crossref=OutboundClient(settings.crossref_url, agent=agent),
            contact=settings.lookup_contact,
        )
    )


@job("discussions.escalate", every_seconds=300)
def escalate() -> None:
    """Tell mentors and coordinators of what waits too long."""
    escalate_overdue()


@job("discussions.ask_outcomes", every_seconds=3600)
def ask_outcomes() -> None:
    """Ask the authors of cases after 2, 6 and 12 weeks what happened."""
    after = 0
    while True:
        _asked, after = outcomes.ask_for_outcomes(after=after)
        if not after:
            return


@job("discussions.lay_out_cards", every_seconds=1800)
def lay_out_cards() -> None:
    """Make recall cards of solved cases for those who read them."""
    while recall.lay_out_cards():
        continue
