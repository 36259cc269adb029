"""Pages of operations (/drift): is everything running, what has stopped, try it again."""

from typing import Any

from litestar import Response

from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.operations.queries import municipalities, queued_jobs, retry_job, versions, waiting_work
from sammen.outbox.api import outbox_counts
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page

LARGEST_NUMBER = 2**63 - 1  # the queue's own
OVERVIEW = N_("Drift")
JOBS = N_("Jobber")
MUNICIPALITIES = N_("Kommuner")
KINDS = {"municipality": N_("Kommune"), "region": N_("Samarbeid"), "": N_("Ukjent")}
STATUSES = {
    "queued": (N_("Venter"), "info"),
    "picked": (N_("Pågår"), "half"),
    "failed": (N_("Har stoppet"), "danger"),
}
CHANNELS = {"email": N_("E-post"), "sms": N_("SMS")}
NOTICE_STATES = {
    "queued": (N_("Venter"), "info"),
    "failed": (N_("Adressen tar ikke imot"), "warning"),
    "given_up": (N_("Gitt opp"), "danger"),
}
TASK_STATES = {
    "waiting": (N_("Venter"), "info"),
    "running": (N_("Pågår"), "half"),
    "failed": (N_("Har stoppet"), "danger"),
}


def _spoken(desk: Desk, names: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {value: (desk.say(label), shape) for value, (label, shape) in names.items()}


@page("/drift", Permission.OPERATIONS_READ)
async def overview(desk: Desk) -> Response[str]:
    """Counts, versions and work that people wait for."""
    jobs = await queued_jobs(desk.uow)
    tables, server = await versions(desk.uow)
    settings = desk.house.settings
    return await desk.render(
        "operations/overview.html",
        title=desk.say(OVERVIEW),
        current="",
        dead=sum(job.dead for job in jobs),
        waiting=sum(not job.dead for job in jobs),
        work=await waiting_work(desk.uow),
        states=_spoken(desk, TASK_STATES),
        notices=await outbox_counts(desk.uow),
        notice_states=_spoken(desk, NOTICE_STATES),
        channels={value: desk.say(label) for value, label in CHANNELS.items()},
        carried={"email": bool(settings.smtp_url), "sms": bool(settings.smtp_url and settings.sms_gateway)},
        tables=tables,
        server=server,
        environment=desk.house.settings.environment.value,
    )


@page("/drift/jobber", Permission.OPERATIONS_READ)
async def job_list(desk: Desk) -> Response[str]:
    """The queue: what has stopped first."""
    jobs = await queued_jobs(desk.uow)
    return await desk.render(
        "operations/jobs.html",
        title=desk.say(JOBS),
        current="/jobber",
        dead=[job for job in jobs if job.dead],
        alive=[job for job in jobs if not job.dead],
        kinds={value: desk.say(label) for value, label in KINDS.items()},
        statuses=_spoken(desk, STATUSES),
        may_retry=desk.context.may(Permission.JOB_RETRY),
    )


@action("/drift/jobber/{number:int}/prov-igjen", Permission.JOB_RETRY)
async def retry(desk: Desk) -> Response[Any]:
    """Give a job that has stopped its tries back."""
    number = int(desk.request.path_params["number"])
    if not (0 < number <= LARGEST_NUMBER and await retry_job(desk.uow, number, desk.request_id)):
        raise NotFound
    return desk.redirect(
        "/drift/jobber",
        flash=N_("Jobben prøves igjen. Last siden på nytt om litt for å se hvordan det gikk."),
    )


@page("/drift/kommuner", Permission.OPERATIONS_READ)
async def municipality_list(desk: Desk) -> Response[str]:
    """Who is in, and since when."""
    rows = await municipalities(desk.uow)
    return await desk.render(
        "operations/municipalities.html", title=desk.say(MUNICIPALITIES), current="/kommuner", rows=rows
    )


HANDLERS = [overview, job_list, retry, municipality_list]
