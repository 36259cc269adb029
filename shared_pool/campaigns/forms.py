"""Reading the shared coordinator's forms: a campaign, and where it is put up."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from sammen.web.i18n import LANGUAGES, SOURCE_LANGUAGE
from shared_pool.campaigns.codes import KINDS
from shared_pool.campaigns.service import CampaignFacts, SourceFacts

MOST = {"title": 90, "lede": 300, "body": 4_000}
FIELDS = {"title": "tittel", "lede": "ingress", "body": "tekst"}


def read_campaign(form: Form, among: Sequence[UUID]) -> CampaignFacts:
    """A campaign as written; `among` are the region's municipalities. Raises Invalid with every field's error."""
    reader = Reader(form)
    texts = {
        language: {
            part: reader.text(
                f"{name}_{language}", most=MOST[part],
                required=N_("Skriv hva kampanjen heter.") if (part, language) == ("title", SOURCE_LANGUAGE) else None,
            )
            for part, name in FIELDS.items()
        }
        for language in LANGUAGES
    }  # fmt: skip
    for language, said in texts.items():
        if any(said.values()) and not said["title"]:
            reader.fail(f"tittel_{language}", N_("Skriv tittelen også, eller la hele språket stå tomt."))
    opens = reader.take(
        "fra", lambda text: parse_date(text, field="fra", years_ahead=2), required=N_("Skriv første dag.")
    )
    closes = reader.take(
        "til", lambda text: parse_date(text, field="til", years_ahead=3), required=N_("Skriv siste dag.")
    )
    if opens is not None and closes is not None and closes < opens:
        reader.fail("til", N_("Siste dag er før første dag."))
    chosen = set(form.all("kommuner"))
    places = [place for place in among if str(place) in chosen]
    if not places:
        reader.fail("kommuner", N_("Velg minst én kommune."))
    reader.done()
    return CampaignFacts(opens or today(), closes or today(), places, texts)


def read_source(form: Form, among: Sequence[UUID]) -> SourceFacts:
    """Where a campaign is put up. Raises Invalid with every field's error."""
    reader = Reader(form)
    kind = reader.choice("slag", KINDS, required=N_("Velg plakat, lenke eller nyhetsbrev."))
    place = reader.text("sted", required=N_("Skriv hvor den skal stå, for eksempel biblioteket."), most=100)
    chosen = form.text("kommune")
    known = {str(one): one for one in among}
    if chosen and chosen not in known:
        reader.fail("kommune", N_("Velg en kommune som er med i kampanjen."))
    reader.done()
    return SourceFacts(kind, place, known.get(chosen))
