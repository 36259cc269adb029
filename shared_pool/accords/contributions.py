"""What the slice adds to shared pages: its menu lines, and what waits for the manager and the project manager."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.formats import date_long
from sammen.web.i18n import ntranslate, translate
from shared_pool.accords.queries import CopyCard, accords, copies, party_lines
from shared_pool.accords.rules import SOON_DAYS

ACCORDS = N_("Avtaler om samarbeidet")
MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.ACCORD_READ, ACCORDS, "/avtaler", 70, shared=True),
    MenuEntry(PlaceKind.REGION, Permission.ACCORD_READ, ACCORDS, "/avtaler", 60),
]
KIND = N_("Avtale")
GOES_OUT = N_("«%(title)s» går ut %(day)s")


async def _to_sign(uow: UnitOfWork, lang: str) -> Sequence[TodayItem]:
    """Copies to sign, and the last one of a kind that is about to go out."""
    found = await copies(uow)
    items = [_sign_item(uow, one, lang) for one in found if one.standing == "waits"]
    for one in found:
        if one.standing == "soon" and not any(
            other.kind == one.kind and other.region_id == one.region_id and other.valid_to > one.valid_to
            and other.standing in ("waits", "coming", "now") for other in found
        ):  # fmt: skip
            last = min(one.valid_to, one.ended_on or one.valid_to)
            items.append(
                TodayItem(
                    translate(lang, KIND),
                    translate(lang, GOES_OUT, title=one.title, day=date_long(last, lang)),
                    translate(lang, N_("Be prosjektlederen om en ny avtale.")),
                    f"{uow.context.base_url}/avtaler/{one.id}", last - timedelta(days=SOON_DAYS), last,
                )
            )  # fmt: skip
    return sorted(items, key=lambda one: one.since)


def _sign_item(uow: UnitOfWork, one: CopyCard, lang: str) -> TodayItem:
    return TodayItem(
        translate(lang, KIND),
        translate(lang, N_("Les og signer «%(title)s»"), title=one.title),
        translate(lang, N_("%(region)s. Gjelder fra %(day)s."), region=one.region, day=date_long(one.valid_from, lang)),
        f"{uow.context.base_url}/avtaler/{one.id}", min(today(), one.valid_from), max(today(), one.valid_from),
    )  # fmt: skip


async def _to_follow(uow: UnitOfWork, lang: str) -> Sequence[TodayItem]:
    """Drafts to send, signatures that are missing, and versions that go out with none after them."""
    found, lines, items = await accords(uow), await party_lines(uow), []
    for one in found:
        url = f"{uow.context.base_url}/avtaler/{one.id}"
        if one.state == "draft":
            title = translate(lang, N_("Send ut «%(title)s»"), title=one.title)
            items.append(TodayItem(translate(lang, KIND), title, "", url, min(today(), one.valid_from)))
        if one.state != "out" or one.valid_to < today():
            continue
        missing = [line.name for line in lines if line.accord_id == one.id and line.standing == "waits"]
        if missing:
            title = ntranslate(
                lang, "%(num)s kommune har ikke signert «%(title)s»",
                "%(num)s kommuner har ikke signert «%(title)s»", len(missing), title=one.title,
            )  # fmt: skip
            items.append(
                TodayItem(translate(lang, KIND), title, ", ".join(missing), url, min(today(), one.valid_from))
            )
        left = (one.valid_to - today()).days
        if left <= SOON_DAYS and not any(
            other.kind == one.kind and other.state != "withdrawn" and other.valid_to > one.valid_to for other in found
        ):  # fmt: skip
            title = translate(lang, GOES_OUT, title=one.title, day=date_long(one.valid_to, lang))
            meta = translate(lang, N_("Lag en ny avtale før den dagen."))
            items.append(
                TodayItem(
                    translate(lang, KIND), title, meta, url, one.valid_to - timedelta(days=SOON_DAYS), one.valid_to
                )
            )  # fmt: skip
    return sorted(items, key=lambda one: one.since)


TODAY = [
    TodaySource(Permission.ACCORD_SIGN, _to_sign),
    TodaySource(Permission.ACCORD_WRITE, _to_follow),
]
