"""Vocabularies of the chat."""

from __future__ import annotations

from enum import StrEnum


class Reaction(StrEnum):
    """What somebody can feel about a line with one press."""

    AGREE = "agree"
    THANKS = "thanks"
    APPLAUSE = "applause"
    IDEA = "idea"
    SMILE = "smile"
    UNCLEAR = "unclear"


REACTION_SIGNS: dict[Reaction, tuple[str, str]] = {
    Reaction.AGREE: ("\N{THUMBS UP SIGN}", "I agree"),
    Reaction.THANKS: ("\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}", "Thank you"),
    Reaction.APPLAUSE: ("\N{CLAPPING HANDS SIGN}", "Applause"),
    Reaction.IDEA: ("\N{ELECTRIC LIGHT BULB}", "Good idea"),
    Reaction.SMILE: ("\N{SMILING FACE WITH OPEN MOUTH}", "That made me smile"),
    Reaction.UNCLEAR: ("\N{THINKING FACE}", "Not clear to me"),
}
