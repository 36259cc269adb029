"""The municipality's own rules for contacts, hours and pay: one page."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from tenants.provision import ruling

RULES = N_("Regler for oppdrag, timer og lønn")


@page("/k/{slug:str}/regler/utforer", Permission.RULES_WRITE)
async def show_rules(desk: Desk) -> Response[str]:
    """The rules in force, what each means, and a form for new ones."""
    shown = await ruling.rules_page(desk)
    values = ruling.first_values(shown["rules"])
    return await desk.render("provision/rules.html", title=desk.say(RULES), values=values, **shown)


@action("/k/{slug:str}/regler/utforer", Permission.RULES_WRITE)
async def save_rules(desk: Desk) -> Response[Any]:
    """Set new rules from a day on."""
    shown = await ruling.rules_page(desk)
    try:
        since, rules = ruling.read_rules(desk.form)
        await ruling.set_rules(desk.uow, since, rules)
    except Invalid as bad:
        return await desk.again("provision/rules.html", bad, title=desk.say(RULES), **shown)
    return desk.redirect(shown["action"], flash=N_("Reglene gjelder fra %(day)s."), day=format_date(since))


HANDLERS = [show_rules, save_rules]
