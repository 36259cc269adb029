"""A person's own account: showing that it is them once more, and changing what they log in with.

Everything here runs in a transaction that is committed whatever it came to: a try that was wrong must count, and a step
or a code that was taken must stay taken, also when the page that asked is refused. So what went wrong is returned, not
raised (`Outcome`); callers commit and then say it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Forbidden, Invalid, StepUp
from sammen.i18n_mark import N_
from sammen.identity import spare, totp
from sammen.identity.letters import ring, seal_words, tell_in
from sammen.identity.service import hash_password, verify_password
from sammen.keys import new_token, token_hash
from sammen.policy.assurance import Level, enough
from sammen.web.visitor import visitors_proof

NOT_HERE = N_(
    "Du har logget inn gjennom en annen, og passord og kodeapp endres ikke her. Logg inn med passord for å endre dem."
)
PERSONA = N_("I demoen er du en oppdiktet person, og innloggingen kan ikke endres.")


@dataclass(frozen=True, slots=True)
class Account:
    """What a person may know of their own account. `provided`: this session is one that somebody else vouched for."""

    name: str
    login: str
    login_checked: bool
    phone: str
    has_password: bool
    password_changed_at: datetime | None
    app_since: datetime | None
    recovery_left: int
    sheet_left: int
    locked: bool
    assurance: str
    method: str
    provided: bool

    @property
    def has_factor(self) -> bool:
        """Whether anything but the password can be asked for."""
        return bool(self.app_since or self.phone or self.recovery_left or self.sheet_left)

    @property
    def last_digits(self) -> str:
        """The end of the telephone number: enough for its owner to know it by."""
        return self.phone[-3:]


class Outcome(StrEnum):
    """What came of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    REPLAYED = "replayed"
    LOCKED = "locked"
    TAKEN = "taken"


SAID = {
    Outcome.WRONG: N_("Koden er feil. Skriv den som står i appen nå, eller en kode du ikke har brukt."),
    Outcome.REPLAYED: N_("Koden er brukt. Vent til appen viser en ny, det tar høyst et halvt minutt."),
    Outcome.LOCKED: N_("Du har skrevet feil kode fem ganger. Vent et kvarter og prøv igjen."),
    Outcome.TAKEN: N_("En annen konto bruker denne adressen. Velg en annen."),
}


async def my_account(uow: UnitOfWork) -> Account:
    """The account of who is signed in."""
    return Account(**dict((await uow.call("SELECT * FROM sammen.my_account()"))[0]))


async def changeable(uow: UnitOfWork) -> Account:
    """The account, when this session may change it. Raises Forbidden, and StepUp (shown_first)."""
    account = await my_account(uow)
    if account.method == "persona":
        raise Forbidden(PERSONA)
    if account.provided:
        raise Forbidden(NOT_HERE)
    shown_first(account)
    return account


def shown_first(account: Account) -> None:
    """Raise StepUp unless what is set up has been shown: a password alone puts no other telephone in its place."""
    wanted = (
        Level.SECOND_FACTOR
        if account.app_since
        else Level.SENT_CODE
        if account.has_factor
        else Level.PASSWORD
    )
    if not enough(account.assurance, wanted):
        raise StepUp(wanted)


def _said(uow: UnitOfWork, what: str, *parts: object) -> tuple[int, bytes]:
    """(expiry, proof) for a door of accounts, bound to this session."""
    return visitors_proof(
        uow.keys, "|".join([what, str(uow.context.session_id), *(str(part) for part in parts)])
    )


# Showing that it is oneself ---------------------------------------------------------------------------------------
async def try_code(uow: UnitOfWork, typed: str, *, sent: bool, request_id: UUID) -> tuple[Outcome, Level]:
    """Try what somebody typed: a code from the app, or a spare one; with `sent`, the one that came by SMS.

    One of five tries is taken first. The level is what a right code raises the session to.
    """
    if not (await uow.call("SELECT sammen.code_try($1) AS free", request_id))[0]["free"]:
        return Outcome.LOCKED, Level.PASSWORD
    outcome, level = await _tried(uow, typed, sent=sent)
    if outcome is not Outcome.RIGHT:
        await uow.call("SELECT sammen.code_wrong($1)", request_id)
    return outcome, level


async def _tried(uow: UnitOfWork, typed: str, *, sent: bool) -> tuple[Outcome, Level]:
    six, user = totp.digits(typed), uow.context.user
    if sent:
        mark = spare.digits_mark(uow.keys, user, "login", six)
        answer = (await uow.call("SELECT sammen.sent_code_take('login', $1) AS said", mark))[0]["said"]
        return Outcome(answer), Level.SENT_CODE
    if six:
        return await take_app_code(uow, six, pending=False), Level.SECOND_FACTOR
    if code := spare.read_spare(typed):
        mark = spare.spare_mark(uow.keys, user, code)
        kind = (await uow.call("SELECT sammen.spare_take($1) AS kind", mark))[0]["kind"]
        if kind is not None:
            return Outcome.RIGHT, Level.SECOND_FACTOR if kind == "recovery" else Level.SENT_CODE
    return Outcome.WRONG, Level.PASSWORD


async def take_app_code(uow: UnitOfWork, six: str, *, pending: bool) -> Outcome:
    """Take a code from the app, once; with `pending`, from the app that is being set up, which is then the person's."""
    rows = await uow.call("SELECT * FROM sammen.totp_read($1)", pending)
    if not rows or not six:
        return Outcome.WRONG
    secret = uow.keys.unseal_form(rows[0]["sealed"], "totp", uow.context.user.bytes)
    seconds, last = now().timestamp(), rows[0]["last_step"]
    step = totp.step_of(secret, six, seconds, last)
    if step is None:
        return Outcome.REPLAYED if totp.is_replay(secret, six, seconds, last) else Outcome.WRONG
    proof = _said(uow, "totp.take", rows[0]["id"], step)
    answer = (await uow.call("SELECT sammen.totp_take($1, $2, $3, $4) AS said", rows[0]["id"], step, *proof))[
        0
    ]["said"]
    return Outcome.REPLAYED if answer == "replayed" else Outcome.RIGHT


async def raise_session(uow: UnitOfWork, level: Level, request_id: UUID) -> str:
    """Raise this session, which gets a new token: the token is returned, for the cookie."""
    token = new_token()
    hashed = token_hash(token)
    proof = _said(uow, "raise", level.value, hashed.hex())
    await uow.call("SELECT sammen.raise_session($1, $2, $3, $4, $5)", level.value, hashed, request_id, *proof)
    return token


async def send_code(uow: UnitOfWork, what: str, address: str = "") -> str:
    """Send six digits: `login` to the telephone they have, `phone` or `email` to `address`, to see that it is theirs.

    Returns sent, wait (asked for too often) or none (nowhere to send it).
    """
    code, id_, notice = spare.new_digits(), uuid4(), uuid4()
    mark = spare.digits_mark(uow.keys, uow.context.user, what, code)
    sealed = seal_words(uow.keys, notice, code)
    proof = _said(uow, "sent_code", id_, what, hashlib.sha256(address.encode()).hexdigest(), mark.hex(), notice,
                  hashlib.sha256(sealed).hexdigest())  # fmt: skip
    rows = await uow.call(
        "SELECT sammen.sent_code_make($1, $2, $3, $4, $5, $6, $7, $8) AS said",
        id_, what, address, mark, notice, sealed, *proof,
    )  # fmt: skip
    answer = str(rows[0]["said"])
    if answer == "sent":
        await ring(uow.raw, uow.keys, notice)
    return answer


async def confirm_address(uow: UnitOfWork, what: str, typed: str, request_id: UUID) -> Outcome:
    """A telephone (`phone`) or an e-mail address (`email`) has answered with its code: it is the account's now."""
    if not (await uow.call("SELECT sammen.code_try($1) AS free", request_id))[0]["free"]:
        return Outcome.LOCKED
    before = (await my_account(uow)).login
    mark = spare.digits_mark(uow.keys, uow.context.user, what, totp.digits(typed))
    answer = Outcome((await uow.call("SELECT sammen.sent_code_take($1, $2) AS said", what, mark))[0]["said"])
    if answer is Outcome.WRONG:
        await uow.call("SELECT sammen.code_wrong($1)", request_id)
    elif answer is Outcome.RIGHT and what == "email" and "@" in before:
        await tell_in(uow, uow.context.user, "login_changed")
    return answer


# Changing what one logs in with -------------------------------------------------------------------------------------
async def begin_app(uow: UnitOfWork) -> None:
    """Make a secret for a new code app; it counts when a code from it has come back."""
    await changeable(uow)
    id_, sealed = uuid4(), uow.keys.seal_form(totp.new_secret(), "totp", uow.context.user.bytes)
    proof = _said(uow, "totp.begin", id_, hashlib.sha256(sealed).hexdigest())
    await uow.call("SELECT sammen.totp_begin($1, $2, $3, $4)", id_, sealed, *proof)


async def pending_secret(uow: UnitOfWork) -> str:
    """The secret of the app that is being set up; "" when none is."""
    rows = await uow.call("SELECT * FROM sammen.totp_read(true)")
    return uow.keys.unseal_form(rows[0]["sealed"], "totp", uow.context.user.bytes) if rows else ""


async def new_recovery_codes(uow: UnitOfWork) -> list[str]:
    """Ten new spare codes in place of the old ones, to be shown once."""
    codes = spare.new_codes()
    marks = [spare.spare_mark(uow.keys, uow.context.user, code) for code in codes]
    proof = _said(uow, "recovery", marks_digest(marks))
    await uow.call("SELECT sammen.recovery_make($1, $2, $3)", marks, *proof)
    return codes


def marks_digest(marks: list[bytes]) -> str:
    """A list of marks in one hash, as the database reckons it."""
    return hashlib.sha256(",".join("\\x" + mark.hex() for mark in marks).encode()).hexdigest()


async def confirm_app(uow: UnitOfWork, typed: str, request_id: UUID) -> tuple[Outcome, list[str], str]:
    """A first code from the new app. (outcome, its spare codes, the session's new token): empty unless it was right."""
    if not (await uow.call("SELECT sammen.code_try($1) AS free", request_id))[0]["free"]:
        return Outcome.LOCKED, [], ""
    outcome = await take_app_code(uow, totp.digits(typed), pending=True)
    if outcome is not Outcome.RIGHT:
        await uow.call("SELECT sammen.code_wrong($1)", request_id)
        return outcome, [], ""
    # Raised first: the spare codes are for who has shown the app.
    token = await raise_session(uow, Level.SECOND_FACTOR, request_id)
    codes = await new_recovery_codes(uow)
    await tell_in(uow, uow.context.user, "factor_changed")
    return outcome, codes, token


async def right_password(uow: UnitOfWork, password: str) -> bool:
    """Whether it is the one they have. Somebody without any has nothing to show."""
    rows = await uow.call("SELECT * FROM sammen.my_password($1, $2)", *_said(uow, "my_password"))
    hashed = rows[0]["password_hash"]
    return hashed is None or await verify_password(hashed, password)


async def change_password(uow: UnitOfWork, chosen: str, request_id: UUID) -> int:
    """Set a password that has been checked (passwords.check_password). Every other session ends: how many."""
    hashed = await hash_password(chosen)
    proof = _said(uow, "password", hashed)
    rows = await uow.call("SELECT sammen.password_set($1, $2, $3, $4) AS ended", hashed, request_id, *proof)
    await tell_in(uow, uow.context.user, "password_changed")
    return int(rows[0]["ended"])


def read_phone(typed: str) -> str:
    """A Norwegian mobile number as the gateway wants it, eight digits. Raises Invalid for the field `telefon`."""
    bare = "".join(sign for sign in typed[:30] if sign.isdigit() and sign.isascii())
    bare = bare.removeprefix("0047").removeprefix("47") if len(bare) > 8 else bare
    if len(bare) != 8 or bare[0] not in "49":
        raise Invalid.one(
            "telefon", N_("Skriv et norsk mobilnummer med åtte sifre. Det begynner på 4 eller 9.")
        )
    return bare
