"""Codes from an app, by the vectors of RFC 6238 appendix B, and what is taken of them."""

from __future__ import annotations

import base64

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.identity import totp

RFC = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(("seconds", "code"), [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
    (20000000000, "353130"),
])  # fmt: skip
def test_the_vectors_of_the_rfc_are_taken(seconds: int, code: str) -> None:
    assert totp.step_of(RFC, code, seconds, 0) == seconds // 30


@given(st.integers(min_value=10**9, max_value=2 * 10**9), st.integers(min_value=-4, max_value=4))
def test_half_a_minute_to_either_side_is_forgiven_and_no_more(seconds: int, away: int) -> None:
    step = seconds // 30
    code = pyotp.TOTP(RFC).generate_otp(step + away)
    found = totp.step_of(RFC, code, seconds, 0)
    if abs(away) <= 1:
        assert found is not None
        assert pyotp.TOTP(RFC).generate_otp(found) == code
    else:
        assert found is None or pyotp.TOTP(RFC).generate_otp(found) == code


def test_a_step_that_was_taken_is_not_taken_again_and_neither_is_one_before_it() -> None:
    code = pyotp.TOTP(RFC).generate_otp(100)
    assert totp.step_of(RFC, code, 3000, 99) == 100
    assert totp.step_of(RFC, code, 3000, 100) is None
    assert totp.is_replay(RFC, code, 3000, 100)
    assert not totp.is_replay(RFC, "000000", 3000, 100)


@pytest.mark.parametrize(("typed", "read"), [
    ("123 456", "123456"), (" 123-456 ", "123456"), ("12345", ""), ("1234567", ""), ("١٢٣٤٥٦", ""), ("abcdef", ""), ("", ""),
])  # fmt: skip
def test_a_code_is_read_as_people_type_it(typed: str, read: str) -> None:
    assert totp.digits(typed) == read


def test_a_secret_has_160_bits_and_its_picture_neither_style_nor_script() -> None:
    secret = totp.new_secret()
    assert len(base64.b32decode(secret)) == 20
    drawn = totp.picture(secret, "kari@horten.test")
    assert drawn.startswith("<svg")
    assert "style" not in drawn
    assert "script" not in drawn
    assert totp.address(secret, "kari@horten.test").startswith(
        "otpauth://totp/Sammen:kari%40horten.test?secret="
    )
