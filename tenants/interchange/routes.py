"""The resources of a municipality's own work, as they are declared: people and decisions in, payroll lines out."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.machine.operations import Operation, Paging, Since
from sammen.machine.routes.door import resource
from sammen.policy.permissions import Permission
from tenants.interchange import decisions, documents, payroll, people
from tenants.interchange.shapes import (
    DecisionIn,
    DecisionOut,
    DecisionPage,
    LinePage,
    PersonIn,
    PersonOut,
    ReceiptIn,
    ReceiptOut,
    RunOut,
    RunPage,
)

PEOPLE, DECISIONS = Permission.INTERCHANGE_PEOPLE, Permission.INTERCHANGE_DECISIONS
PAYROLL = Permission.INTERCHANGE_PAYROLL
PERSON = "/api/v1/people/{external_id:str}"
DECISION = "/api/v1/decisions/{external_id:str}"
RUN = "/api/v1/payroll/runs/{payroll_run_id:uuid}"

HANDLERS = [
    resource(
        Operation("GET", PERSON, PEOPLE, "getPerson", N_("Hent en person programmet har sendt."), {200: PersonOut, 304: None})
    )(people.get_person),
    resource(
        Operation(
            "PUT", PERSON, PEOPLE, "putPerson", N_("Registrer en person, eller rett det som er kjent."),
            {200: PersonOut, 201: PersonOut}, body=PersonIn, guarded=True,
        )
    )(people.put_person),
    resource(
        Operation(
            "GET", "/api/v1/decisions", DECISIONS, "listDecisions", N_("List vedtakene programmet har sendt."),
            {200: DecisionPage, 304: None}, query=Since,
        )
    )(decisions.list_decisions),
    resource(
        Operation(
            "GET", DECISION, DECISIONS, "getDecision", N_("Hent et vedtak programmet har sendt."),
            {200: DecisionOut, 304: None},
        )
    )(decisions.get_decision),
    resource(
        Operation(
            "PUT", DECISION, DECISIONS, "putDecision", N_("Send et vedtak: det blir en sak med bestillinger. Eller rett det."),
            {200: DecisionOut, 201: DecisionOut}, body=DecisionIn, guarded=True,
        )
    )(decisions.put_decision),
    resource(
        Operation(
            "GET", "/api/v1/payroll/runs", PAYROLL, "listPayrollRuns", N_("List lukkede lønnskjøringer."),
            {200: RunPage, 304: None}, query=Since,
        )
    )(payroll.list_runs),
    resource(
        Operation("GET", RUN, PAYROLL, "getPayrollRun", N_("Hent en lukket lønnskjøring."), {200: RunOut, 304: None})
    )(payroll.get_run),
    resource(
        Operation(
            "GET", RUN + "/lines", PAYROLL, "listPayrollLines", N_("Hent lønnslinjene i en kjøring."),
            {200: LinePage, 304: None}, query=Paging,
        )
    )(payroll.list_lines),
    resource(
        Operation(
            "POST", RUN + "/receipts", PAYROLL, "postPayrollReceipt", N_("Kvitter: mottatt, bokført eller avvist."),
            {201: ReceiptOut}, body=ReceiptIn,
        ),
        again=payroll.receipt_again,
    )(payroll.keep_receipt),
    resource(
        Operation(
            "GET", RUN + "/receipts/{payroll_receipt_id:uuid}", PAYROLL, "getPayrollReceipt", N_("Hent en kvittering."),
            {200: ReceiptOut, 304: None},
        )
    )(payroll.get_receipt),
    resource(
        Operation(
            "POST", "/api/v1/documents/{document_kind:str}/{document_id:uuid}/journal", DECISIONS, "postJournal",
            N_("Noter et dokuments plass i journalen, og arkivets kvittering."), {200: documents.JournalOut},
            body=documents.JournalIn, fields=documents.FIELDS, words={"document_kind": documents.KINDS},
        ),
        again=documents.noted_again,
    )(documents.note_journal),
]  # fmt: skip
