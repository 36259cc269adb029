"""The one map from errors to answers: a page for people, problem+json for programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import HTTPException

from sammen.errors import (
    Conflict,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    NotSignedIn,
    NotTogether,
    SammenError,
    Shown,
    StepUp,
    Unavailable,
)
from sammen.logging import log
from sammen.machine.operations import PREFIX
from sammen.machine.problems import MEDIA_TYPE, Problem, problem_of
from sammen.tenancy import accord
from sammen.web.desk import LANGUAGE_SCOPE, House, chosen_language
from sammen.web.formats import decimal
from sammen.web.forms import FILE_LIMIT, LONGEST_TEXT, MEGABYTE
from sammen.web.i18n import SOURCE_LANGUAGE, translate
from sammen.web.paths import nearest_page
from sammen.web.render import render

TITLES = {403: "Forbidden", 404: "Not found", 405: "Method not allowed", 409: "Conflict", 413: "Too large",
          422: "Unprocessable", 500: "Internal error", 503: "Unavailable"}  # fmt: skip


def of_programs(request: Request[Any, Any, Any]) -> bool:
    """Whether the address is of the interface for programs, where every answer is problem+json."""
    return f"{request.scope['path']}/".startswith(f"{PREFIX}/")


def problem_page(problem: Problem) -> Response[Any]:
    """A problem as it is sent."""
    return Response(
        problem.body(), status_code=problem.status, media_type=MEDIA_TYPE, headers=dict(problem.headers)
    )


def _wants_json(request: Request[Any, Any, Any]) -> bool:
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept


def _language(request: Request[Any, Any, Any]) -> str:
    entered: str | None = request.scope.get(LANGUAGE_SCOPE)  # type: ignore[assignment]  # by door.py
    return entered or chosen_language(request) or SOURCE_LANGUAGE


def _compared(lang: str, value: Shown) -> str:
    """One side of a conflict in words: what was typed as it is, codes' names in the reader's language."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return decimal(value, lang=lang)
    return ", ".join(" ".join(translate(lang, name) for name in names) for names in value)


def answer(request: Request[Any, Any, Any], status: int, **values: Any) -> Response[Any]:
    """The error page, or its problem+json. 404 says the same to everybody: no id, no token, no name."""
    house: House = request.app.state.house
    lang = _language(request)
    if _wants_json(request):
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES.get(status, "Error"),
            "status": status,
        }
        if status != 404 and values.get("reason"):
            problem["detail"] = values["reason"]
        return Response(problem, status_code=status, media_type="application/problem+json")
    template = f"base/{status if status in (403, 404, 409, 413, 422, 429, 500, 503) else 422}.html"
    text = render(house.templates, template, lang=lang, **values)
    response = Response(text, status_code=status, media_type="text/html")
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def on_sammen_error(request: Request[Any, Any, Any], error: SammenError) -> Response[Any]:
    """Typed errors of services."""
    if of_programs(request):
        return problem_page(problem_of(error, {}))
    lang = _language(request)
    said = translate(lang, error.message, **error.params)
    match error:
        case NotSignedIn():
            if _wants_json(request):
                return Response({"type": "about:blank", "title": "Unauthorized", "status": 401}, status_code=401,
                                media_type="application/problem+json")  # fmt: skip
            # Who was logged out while they wrote, comes back to the page they wrote on.
            back = request.scope["path"] if request.method == "GET" else nearest_page(request.scope["path"])
            return Response(
                None,
                status_code=303,
                headers={"Location": f"/logg-inn?neste={quote(back)}"},
                media_type="text/plain",
            )
        case StepUp():
            if _wants_json(request):
                return Response({"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": said},
                                status_code=401, media_type="application/problem+json")  # fmt: skip
            back = request.scope["path"] if request.method == "GET" else "/"
            return Response(
                None,
                status_code=303,
                headers={"Location": f"/bekreft?nivaa={error.level}&neste={quote(back)}"},
                media_type="text/plain",
            )
        case NotFound():
            return answer(request, 404)
        case Forbidden():
            return answer(request, 403, reason=said, alone=isinstance(error, NotTogether))
        case Conflict():
            rows = [
                (
                    translate(lang, label),
                    _compared(lang, error.yours.get(label, "")),
                    _compared(lang, error.theirs.get(label, "")),
                )
                for label in {**error.yours, **error.theirs}
            ]
            compared = {yours for _, yours, _ in rows}
            typed = [text for text in error.typed if text not in compared]
            return answer(
                request,
                409,
                message=said,
                rows=rows,
                own_texts=typed,
                back_url=request.scope["path"],
                reason=said,
            )
        case Invalid():
            errors = [translate(lang, bad.message, **bad.params) for bad in error.errors.values()]
            return answer(
                request, 422, errors=errors, back_url=request.scope["path"], reason="; ".join(errors)
            )
        case KeyReused():
            return answer(request, 422, errors=[said], back_url=request.scope["path"], reason=said)
        case Unavailable():
            return answer(request, 503, request_id=str(_request_id(request)))
        case _:
            return answer(request, 422, errors=[said], back_url=request.scope["path"], reason=said)


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Litestar's own: unknown address, wrong method, body too large."""
    status = error.status_code
    if of_programs(request) and status < 500:
        # What the router itself refuses; a path that cannot be read is an address that is nowhere.
        kept = {
            name.title(): value for name, value in (error.headers or {}).items() if name.lower() == "allow"
        }
        return problem_page(Problem(status if status in (405, 413) else 404, headers=kept))
    if status in (404, 405):
        return answer(request, 404)
    if status == 413:
        most: int = request.route_handler.resolve_request_max_body_size() or FILE_LIMIT
        return answer(
            request, 413, limit=most // MEGABYTE, text_most=LONGEST_TEXT if most < FILE_LIMIT else 0
        )
    if status >= 500:
        return on_any_error(request, error)
    return answer(
        request,
        422,
        errors=[translate(_language(request), "Vi kunne ikke lese det du sendte.")],
        back_url="/",
    )


def on_any_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """What nobody foresaw: logged by type and place, without its message, which may quote a row.

    A database that refuses shared work because nothing is signed is foreseen, from whichever service it comes.
    """
    refused = accord.told(error)
    if refused is not None:
        return on_sammen_error(request, refused)
    log.error("unexpected", exc=error, id=str(_request_id(request)))
    if of_programs(request):
        return problem_page(Problem(500))
    return answer(request, 500, request_id=str(_request_id(request)))


def _request_id(request: Request[Any, Any, Any]) -> Any:
    return request.scope.get("sammen.request_id")
