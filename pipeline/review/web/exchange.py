"""Data in and out: exports, edited sheets back, documents and tables into a round."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi import Path as InPath
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, RedirectResponse, Response

from pipeline import settings
from pipeline.errors import UprError
from pipeline.review import opening
from pipeline.review.exchange.receiving import Received, Step
from pipeline.review.exchange.sheets import SheetResult, take_sheet
from pipeline.review.intake.result import IntakeResult
from pipeline.review.rounds.planning import RoundPlan
from pipeline.review.store.accounts import Person
from pipeline.review.store.acts import note_act
from pipeline.review.store.transitions import Refused
from pipeline.review.strings import say
from pipeline.review.web.desk import Desk
from pipeline.review.web.render import page
from pipeline.review.web.security import MAX_UPLOAD, UPLOADS, Reader, Writer, desk_of, require_adjudicator
from pipeline.sources.documents.pages.pdf_picture import page_picture
from pipeline.sources.tables.labelled import read_labelled

routes = APIRouter()
EXPORTS = {
    "sheet.csv": "table",
    "sheet.xlsx": "table",
    "table.parquet": "table",
    "table.jsonl": "table",
    "label-studio.json": "label-studio",
    "argilla.json": "argilla",
}
"""Names of the files that can be fetched, and their format."""
MAX_FILE = MAX_UPLOAD - 4096
"""Bytes of a file; the form around it needs some, too."""
MOST_REJECTS = 100
"""Rows that cannot be taken, of which the page says why."""
PageNumber = Annotated[int, InPath(ge=1, le=10_000)]
Token = Annotated[str, InPath(max_length=40, pattern=r"^[\w-]+$")]


@routes.get("/exchange")
def show(request: Request, found: Reader) -> Response:
    """Exports, and the files that the person brought."""
    require_adjudicator(found)
    files = desk_of(request).received.of(found.person.id)
    part = "hx-request" in request.headers and "hx-boosted" not in request.headers
    name = "part_received.html" if part else "exchange.html"
    return page(request, name, found, files=files, exports=list(EXPORTS), most=MAX_FILE)


@routes.get("/exchange/export")
def export(request: Request, found: Reader, name: Annotated[str, Query(max_length=40)]) -> Response:
    """All decisions as a file; tasks of other tools with their settings, as a .zip."""
    require_adjudicator(found)
    if name not in EXPORTS:
        raise Refused("refused.no-file")
    folder = Path(tempfile.mkdtemp(prefix="upr-export-"))
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    out = folder / "files" / name
    out.parent.mkdir()
    opening.export_file(desk_of(request).database, out, EXPORTS[name], allow_fewer=True)
    if EXPORTS[name] != "table":
        out = Path(shutil.make_archive(str(folder / Path(name).stem), "zip", out.parent))
    return FileResponse(out, filename=f"upr-{out.name}", background=gone)


@routes.post(UPLOADS)
def receive(request: Request, found: Writer, file: Annotated[UploadFile, File()]) -> Response:
    """Keep a file that the person brings, and begin to read it."""
    require_adjudicator(found)
    content = file.file.read()
    if not content or not file.filename:
        raise Refused("refused.no-file")
    one = desk_of(request).received.take(found.person.id, file.filename, content)
    return RedirectResponse(f"{UPLOADS}/{one.token}", 303)


def _file(request: Request, found: Reader, token: str) -> Received:
    require_adjudicator(found)
    one = desk_of(request).received.find(token, found.person.id)
    if one is None:
        raise Refused("refused.no-file")
    return one


@routes.get(UPLOADS + "/{token}")
def look(request: Request, found: Reader, token: Token) -> Response:
    """What would be taken in: decisions that a sheet changes, or rows of a table; before, its progress."""
    one = _file(request, found, token)
    part = "hx-request" in request.headers and "hx-boosted" not in request.headers
    if part and one.works:
        return page(request, "part_progress.html", found, one=one)
    result = _sheet(desk_of(request), found.person, one, look=True) if _can_be_seen(one) else None
    headers = {"HX-Refresh": "true"} if part else {}
    return page(request, "received.html", found, 200, headers, one=one, result=result)


def _can_be_seen(one: Received) -> bool:
    return one.is_sheet and one.step is Step.READY


def _sheet(desk: Desk, person: Person, one: Received, *, look: bool) -> SheetResult:
    _, rows = read_labelled(one.table, settings.load().extract)
    return take_sheet(desk.database, desk.ledger, desk.taxonomy, person, rows, look=look)


@routes.get(UPLOADS + "/{token}/document")
def document(request: Request, found: Reader, token: Token) -> Response:
    """The file itself, as it was brought, to be saved and opened elsewhere."""
    one = _file(request, found, token)
    return FileResponse(one.path, filename=one.name, media_type="application/octet-stream")


@routes.get(UPLOADS + "/{token}/pages/{number}")
def look_at_page(request: Request, found: Reader, token: Token, number: PageNumber) -> Response:
    """A page of a PDF beside the rows that were extracted from it."""
    one = _file(request, found, token)
    _, pages = _drawn(one, number)
    rows = [row for row in one.shown if row["page"] == number]
    return page(request, "received_page.html", found, one=one, number=number, pages=pages, rows=rows)


@routes.get(UPLOADS + "/{token}/pages/{number}/picture")
def picture(request: Request, found: Reader, token: Token, number: PageNumber) -> Response:
    """The picture of a page."""
    drawn, _ = _drawn(_file(request, found, token), number)
    return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


def _drawn(one: Received, number: int) -> tuple[bytes, int]:
    if not one.has_pages:
        raise Refused("refused.no-page")
    try:
        return page_picture(one.path, number, settings.load().extract)
    except UprError as error:
        raise Refused("refused.no-page") from error


@routes.post(UPLOADS + "/{token}/take")
def take(
    request: Request, found: Writer, token: Token, name: Annotated[str, Form(max_length=80)] = ""
) -> Response:
    """Take in what was looked at."""
    one, desk = _file(request, found, token), desk_of(request)
    if one.step is not Step.READY:
        raise Refused("refused.no-file")
    if one.is_sheet:
        result = _sheet(desk, found.person, one, look=False)
        one.step = Step.TAKEN
        one.told = [say("exchange.reject", row=reject.row, reason=reject.reason) for reject in result.rejects]
        one.rows = result.changed
    else:
        one.step = Step.TAKING
        plan = RoundPlan(
            name.strip() or one.title, desk.settings.audit_share, desk.settings.second_reading_share
        )

        def import_it() -> list[str]:
            known = opening.default_precedents()
            result = opening.take_table(desk.database, one.table, known, plan)
            one.begins_round = bool(result.round_name)
            return _taken(result)

        desk.received.work(one, import_it, Step.TAKEN)
    with desk.database.write() as connection:
        note_act(desk.database, connection, found.person, "file-taken", name=one.name)
    desk.remembered.forget()
    return RedirectResponse(f"{UPLOADS}/{token}", 303)


def _taken(result: IntakeResult) -> list[str]:
    """What was done with a table, a line each, in the language of who brought it."""
    counts = {"exchange.taken.new": result.new_rows, "exchange.taken.known": result.known_rows}
    lines = [say(key, n=n) for key, n in counts.items() if n]
    lines.append(say("exchange.taken.waiting", n=result.queued))
    rejects = result.rejects[:MOST_REJECTS]
    return lines + [say("exchange.reject", row=reject.row, reason=reject.reason) for reject in rejects]


@routes.post(UPLOADS + "/{token}/forget")
def forget(request: Request, found: Writer, token: Token) -> Response:
    """Send a file away."""
    desk_of(request).received.send_away(_file(request, found, token))
    return RedirectResponse("/exchange", 303)
