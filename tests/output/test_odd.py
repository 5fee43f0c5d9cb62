"""What watch says of records that are odd: once of each kind and key, counted in the summary."""

import re
from pathlib import Path

import pytest
from conftest import captured
from helpers.command import said
from helpers.records import with_field, with_fields
from terminal import Terminal

_AAPL, SPY = captured("hdfsasp0.txt")
TRADE = captured("hdfscnt0.txt")[-1]
CROSSED = with_field("PBID1", "752.1700", SPY)
SENTENCES = {
    CROSSED: "the best bid 752.1700 is not below the best ask 752.1700",
    with_fields(SPY, PASK1="752.1900", PASK3="752.1700"): "its levels are not in order of",
    with_field("BVOL", "1622", SPY): "BVOL is 1622, but its levels add up to 1621",
    with_field("PBID1", "752.14", SPY): "PBID1 is 752.14, with 2 decimals instead of 4 (ZDIV)",
    with_field("AVOL", "-1950", SPY): "AVOL is -1950, below zero",
    with_field("SYMB", "QQQ", SPY): "RSYM is DAMSSPY, but SYMB is QQQ",
    with_field("KHMS", "145334", SPY): "its exchange clock and its Korean clock are 9 hours apart",
    with_field("KHMS", "999999", TRADE): "its clock cannot be read",
}


@pytest.mark.parametrize("form", [["--json"], []])
@pytest.mark.parametrize("text", SENTENCES)
def test_each_kind_is_said(kisq, tmp_path: Path, text: str, form: list[str]) -> None:
    """Whatever is odd is shown all the same, said with its TR and key, and counted."""
    (tmp_path / "bare").write_text(f"{text}\n", "utf-8")
    run = kisq("watch", "-r", "bare", *form)
    tr_id = text.split("|")[1]
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) == 1
    assert f"kisq: odd: {tr_id} DAMSSPY: {SENTENCES[text]}" in said(run)
    assert ", 1 data message, 0 PINGPONGs, 1 odd record in " in said(run).splitlines()[-1]


def test_once_of_each_kind_and_key(kisq, tmp_path: Path) -> None:
    """Of many that are odd alike the first is said; another kind or key is said as well."""
    other = with_fields(CROSSED, RSYM="DAMSQQQ", SYMB="QQQ")
    total = with_field("BVOL", "1622", CROSSED)
    (tmp_path / "bare").write_text("\n".join([SPY, *[CROSSED] * 50, other, total, ""]), "utf-8")
    lines = said(kisq("watch", "-r", "bare", "--json")).splitlines()
    assert [
        re.match("kisq: odd: HDFSASP0 (\\S+): (\\S+)", line).groups() for line in lines[:-1]
    ] == [
        ("DAMSSPY", "the"),
        ("DAMSQQQ", "the"),
        ("DAMSSPY", "BVOL"),
    ]
    assert "53 order books, 53 data messages, 0 PINGPONGs, 52 odd records in " in lines[-1]


def test_a_server_that_invents_keys_does_not_fill_stderr(kisq, tmp_path: Path) -> None:
    """More sentences than a session has keys and kinds are not said; everything is counted."""
    texts = [with_fields(CROSSED, RSYM=f"DAMS{n}", SYMB=f"{n}") for n in range(1000)]
    (tmp_path / "bare").write_text("\n".join([*texts, ""]), "utf-8")
    lines = said(kisq("watch", "-r", "bare", "--json")).splitlines()
    assert len(lines) == 41 * 8 + 1
    assert ", 1000 odd records in " in lines[-1]


def test_sound_books_are_not_odd(kisq) -> None:
    """Of books and trades that are as they should be nothing is said."""
    run = kisq("watch", "DNASAAPL", "--trades", "--sim", "--rate", "50", "--json", "-n", "30")
    assert "odd" not in said(run)


def test_a_live_feed_of_crossed_books(kisq) -> None:
    """The simulator's crossed books are said once and counted."""
    run = kisq(
        "watch", "DNASAAPL", "--sim", "--fault", "crossed", "--rate", "50", "--json", "-n", "5"
    )
    assert said(run).count("kisq: odd: HDFSASP0 DNASAAPL: the best bid ") == 1
    assert ", 5 odd records in " in said(run)


def test_the_ladder_says_it_once(tmp_path: Path) -> None:
    """On a terminal the ladder says it beside the book, and the sentence follows at the end."""
    arguments = ["DNASAAPL", "--sim", "--fault", "crossed", "--rate", "20", "-n", "10"]
    with Terminal(tmp_path, "watch", *arguments) as terminal:
        live = terminal.until(lambda text: "! the best bid" in text)
        assert "odd:" not in live
        assert terminal.end() == 0
        assert "kisq: odd: HDFSASP0 DNASAAPL: the best bid" in terminal.text
        assert "10 odd records" in terminal.text


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        (with_field("BVOL", "x", SPY), "1 message not decodable"),
        (SPY.replace("|001|", "|002|"), "1 message not decodable"),
        ("two records, one bad", "1 record not decodable"),
        ("two records, both bad", "2 records not decodable"),
    ],
)
def test_what_cannot_be_decoded_is_counted_by_its_name(
    kisq, tmp_path: Path, text: str, counted: str
) -> None:
    """One message is never said to hold two messages that cannot be decoded."""
    good, bad = SPY.split("|")[3], with_field("BVOL", "x", SPY).split("|")[3]
    first = {"two records, one bad": good, "two records, both bad": bad}.get(text)
    text = f"0|HDFSASP0|002|{first}^{bad}" if first else text
    (tmp_path / "bare").write_text(f"{SPY}\n{text}\n{SPY}\n", "utf-8")
    assert f"3 data messages, 0 PINGPONGs, {counted} in " in said(kisq("watch", "-r", "bare"))


def test_one_surplus_field_is_one(kisq, tmp_path: Path) -> None:
    """The sentence on surplus fields is about the record that had them, and can count to one."""
    (tmp_path / "bare").write_text(f"{SPY}\n{SPY}^new\n{SPY}^new\n", "utf-8")
    assert said(kisq("watch", "-r", "bare", "--json")).splitlines()[0] == (
        "kisq: a record of HDFSASP0 has 72 fields, 1 more than the 71 that kisq knows; "
        "it is kept as surplus: new"
    )


def test_of_what_cannot_be_decoded_the_beginning_is_shown(kisq, tmp_path: Path) -> None:
    """The first 160 characters, and that there were more."""
    shown, garbage = "0|HDFSASP0|001|" + "x" * 145, "0|HDFSASP0|001|" + "x" * 146
    (tmp_path / "bare").write_text(f"{shown}\n{garbage}\n{SPY}\n", "utf-8")
    lines = said(kisq("watch", "-r", "bare", "--json")).splitlines()
    assert [line.rpartition(" ")[2] for line in lines[:2]] == [shown, f"{shown}…"]


def test_messages_and_records_that_cannot_be_decoded_are_told_apart(kisq, tmp_path: Path) -> None:
    """The summary counts whole messages, and records beside others, each by its name."""
    record = SPY.split("|")[3]
    bad = with_field("BVOL", "x", SPY)
    two = f"0|HDFSASP0|002|{record}^{bad.split('|')[3]}"
    (tmp_path / "bare").write_text(f"{SPY}\n{bad}\n{two}\n", "utf-8")
    assert ", 1 message and 1 record not decodable in " in said(kisq("watch", "-r", "bare"))
