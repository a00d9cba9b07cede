"""Names, addresses, passwords, devices and zones: pure rules."""

from __future__ import annotations

import time

import pytest

from social_cme.accounts.rules.devices import device_name
from social_cme.accounts.rules.names import check_email, clean_interests, clean_name, name_problem, network_of
from social_cme.accounts.rules.passwords import LONGEST, password_problem
from social_cme.accounts.rules.zones import is_listed_zone, zone_choices
from social_cme.core.errors import Invalid
from social_cme.core.text import fold_name


@pytest.mark.parametrize(
    "name",
    ["Dr. Amara Okafor", "O'Brien-Smith, Jr.", "مريم حسن", "王小明", "José Ángel", "Иван Петров", "Ng Wei", "J. R."],
)
def test_names_of_people_are_accepted(name: str) -> None:
    assert name_problem(clean_name(name)) is None


@pytest.mark.parametrize(
    "name",
    ["", "A", "12", "<b>Eve</b>", "Admin", "Аdmin", "Моderator x", "https://evil.example", "www.evil.example", "a" * 81, "😀😀",
     "Social CME", "\u3164\u3164", "M0DERATOR", "Eve\\Eve", "{{7*7}}"],
)  # fmt: skip
def test_names_that_pretend_or_carry_markup_are_refused(name: str) -> None:
    assert name_problem(clean_name(name)) is not None


def test_what_cannot_be_seen_is_taken_out_of_a_name() -> None:
    assert clean_name("  Eve\u200b\u202e\u2066\ufeff \x00 Mo\u00adore\n") == "Eve Moore"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amara Okafor", "Dr. Amara Okafor"),
        ("Paul Klein", "PauI Klein"),
        ("Ian Best", "lan Best"),
        ("Оkаfоr", "Okafor"),
        ("HELENA", "ΗΕLΕΝΑ"),
        ("Jose Garcia", "José García"),
        ("Ann-Lee", "Ann Lee"),
        ("Bo", "B0"),
    ],
)
def test_names_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ada Lovelace", "Ada Loveless"), ("王小明", "王大明"), ("Ali Khan", "Alia Khan")]
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize(
    "password",
    ["short", "123456789", "1234567890", "password123", "P@ssw0rd2024!", "qwertyuiop", "qwerty123456", "aaaaaaaaaaaa", "abcabcabcabc",
     "iloveyou1234", "1q2w3e4r5t", "zaq12wsx34", "Summer2023!", "monkeydragon1", "0123456789", "12345678901234", "          ",
     "$unsh1ne2020", "hospital2024"],
)  # fmt: skip
def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    assert password_problem(password) is not None


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "tangerine kettle", "x8Kd0-ppL2q", "a" * 5 + "Zwiebelkuchen" * 4, "日本語の長い合言葉です",
     "with\x00nul and more", "z" + "kayak 7 rides north " * 3 + "end"],
)  # fmt: skip
def test_long_and_unlikely_passwords_are_accepted_whatever_their_signs(password: str) -> None:
    assert password_problem(password) is None


@pytest.mark.parametrize("password", ["amara walks home", "OKAFOR-1977-x", "jonas.k at work", "uniklinik rooms"])
def test_a_password_with_the_own_name_or_address_is_refused(password: str) -> None:
    problem = password_problem(password, email="jonas.k@uniklinik.example", names=["Dr. Amara Okafor"])
    assert problem is not None
    assert "name or e-mail" in problem


def test_a_password_is_never_cut_off() -> None:
    unlikely = "kayak rides north and then turns " * 5
    assert password_problem(unlikely[:LONGEST]) is None
    assert password_problem(unlikely[: LONGEST + 1]) is not None


def test_a_huge_password_is_refused_without_work() -> None:
    started = time.process_time()
    assert password_problem("x" * 1_000_000) is not None
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("Amara.Okafor@Example.ORG", "amara.okafor@example.org"), (" a+b@bücher.example ", "a+b@xn--bcher-kva.example")],
)
def test_addresses_are_stored_in_one_form(typed: str, stored: str) -> None:
    assert check_email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "x", "a@b", "a b@example.org", "a@example.org\nBcc: x@y.org", "ü@example.org", "a@" + "b" * 250 + ".org"],
)
def test_addresses_that_cannot_be_written_to_are_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_email(typed)
    assert list(refusal.value.fields) == ["email"]


def test_interests_are_cleaned_and_limited() -> None:
    assert clean_interests([" Falls ", "falls", "", "Home  visits"]) == ["Falls", "Home visits"]
    with pytest.raises(Invalid):
        clean_interests([f"topic {number}" for number in range(13)])
    with pytest.raises(Invalid):
        clean_interests(["x" * 41])


def test_one_ipv6_customer_counts_as_one_caller() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") != network_of("2001:db8:1:3::1")
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("") == ""


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36 Edg/120",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox on Linux"),
        ("curl/8.0", "curl"),
        ("<script>", "Unknown device"),
    ],
)
def test_devices_are_named_in_words(header: str, words: str) -> None:
    assert device_name(header) == words


def test_zones_on_offer_name_places() -> None:
    assert is_listed_zone("Europe/Berlin")
    assert is_listed_zone("UTC")
    assert not any(
        is_listed_zone(name) for name in ("", "Etc/GMT+5", "../../etc/passwd", "posixrules", "US/Eastern", "\x00")
    )
    assert ("America/Argentina/Buenos_Aires", "America: Argentina, Buenos Aires") in zone_choices()
