"""``kisq explain``: every word of the spec, every real message, and what is not known."""

import io
import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import ALL_FRAMES, Run
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from kisq.cli.main import run_command_line
from kisq.errors import WrongUsage
from kisq.explain.renderers import as_members, as_tables
from kisq.explain.word import Asked, explain
from kisq.output.json_text import as_json
from kisq.spec.codes import OPSP
from kisq.spec.http_codes import CLOSES, EGW, HANDSHAKE
from kisq.spec.markets import MARKETS
from kisq.spec.tables import TRS
from kisq.wire.clocks import KST
from kisq.wire.recorded_line import MOST_BYTES
from kisq.wire.trkey import TrKey

CODES = OPSP | EGW
SYMBOLS = {"TSE": "7203", "HKS": "00003", "SHS": "600000", "SZS": "000001", "KRX": "005930"}
KEYS = [
    TrKey(prefix, market, SYMBOLS.get(market.code, "ABC")).text
    for market in MARKETS.values()
    if market.code not in ("NXT", "UNIFIED")
    for prefix in market.trs
]
BOOK = next(frame for frame in ALL_FRAMES if "|HDFSASP0|" in frame)
ACCEPTED = next(frame for frame in ALL_FRAMES if '"iv"' in frame)
NIGHT = datetime(2026, 7, 9, 23, 53, tzinfo=KST)  # a Thursday
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(kisq: Callable[..., Run]) -> Command:
    """``kisq explain``; gives exit code, stdout and stderr."""

    def run(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        end = kisq("explain", *words, stdin=stdin, COLUMNS="80")
        return end.returncode, end.stdout.decode(), end.stderr.decode()

    return run


def asked(at: datetime = NIGHT) -> Asked:
    return Asked(at, lambda _: None)


def screen(word: str, at: datetime = NIGHT) -> list[str]:
    """What ``word`` looks like on a terminal of 80 columns."""
    console = Console(width=80, file=io.StringIO(), force_terminal=False)
    console.print(as_tables(explain(word, asked(at))))
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def as_object(word: str, at: datetime = NIGHT) -> dict[str, Any]:
    return json.loads(as_json(as_members(explain(word, asked(at)))))


@pytest.mark.long
@pytest.mark.parametrize("word", [*CODES, *TRS, *MARKETS, *KEYS, *ALL_FRAMES])
def test_everything_is_explained(command: Command, word: str) -> None:
    """Every code, TR, market, kind of key and real message has its explanation, on 80 columns."""
    code, out, err = command(word)
    assert (code, err) == (0, "")
    assert len(out.splitlines()) >= 3
    assert all(cell_len(line) <= 80 for line in out.splitlines())
    code, out, err = command(word, "--json")
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    assert json.loads(out)["kind"] in ("code", "tr", "field", "market", "tr_key", "message")


@pytest.mark.parametrize("name", CODES)
def test_a_code(name: str) -> None:
    """A code comes with KIS's text, its meaning, the next step and whether to retry."""
    found, code = as_object(name.lower()), CODES[name]
    assert found["kind"] == "code"
    assert (found["code"], found["text"], found["meaning"]) == (name, code.text, code.meaning)
    assert (found["next_step"], found["retry"]) == (code.next_step, code.retry.value)


@pytest.mark.parametrize("name", [str(number) for number in (*HANDSHAKE, *CLOSES)])
def test_a_status_or_close_code(name: str) -> None:
    """A status of the handshake and a code of a close frame come with their meaning."""
    found, meanings = as_object(name), HANDSHAKE | CLOSES
    assert (found["kind"], found["code"], found["meaning"]) == ("code", name, meanings[int(name)])


def test_pingpong() -> None:
    """The word is explained as the message is, with how to answer it."""
    found, message = as_object("pingpong"), as_object('{"header":{"tr_id":"PINGPONG"}}')
    assert (found["kind"], found["message"]) == ("message", message["message"])
    assert found["next_step"] == message["next_step"]
    assert "PONG frame" in found["answer"]


@pytest.mark.parametrize("name", TRS)
def test_a_tr(name: str) -> None:
    """A TR comes with every field in wire order."""
    found, tr = as_object(name), TRS[name]
    assert [f["name"] for f in found["fields"]] == [f.name for f in tr.fields]
    assert [f["number"] for f in found["fields"]] == list(range(1, len(tr.fields) + 1))
    columns = {"number", "name", "korean", "english", "form", "unit", "example"}
    assert set(found["fields"][0]) == columns
    assert (found["on_real"], found["on_mock"]) == (tr.on_real, tr.on_mock)
    assert found.get("delay_minutes") == (tr.delay_minutes if tr.levels else None)


@pytest.mark.parametrize("name", [name for name, tr in TRS.items() if len(tr.widths) > 1])
def test_layouts_of_a_tr_are_told_apart(name: str) -> None:
    """No two look the same: by width, day, or the fields that the newest does not have."""
    layouts = [tuple(layout.values()) for layout in as_object(name)["layouts"]]
    assert len(layouts) == len(set(layouts)) == len(TRS[name].widths)


def test_keys_of_a_tr() -> None:
    """A TR says which keys go with it and what each costs."""
    assert as_object("HDFSASP0")["keys"] == [
        "D + NAS NYS AMS (free)",
        "R + BAQ BAY BAA (free)",
        "R + TSE HKS HSX HNX (real time, paid)",
        "R + SHS SZS (real time, free after applying)",
    ]


def test_a_tr_key_on_the_screen() -> None:
    """A key's screen at a fixed moment, letter by letter."""
    assert screen("dnasaapl") == [
        "tr_key         DNASAAPL",
        "market         NAS",
        "exchange       Nasdaq",
        "session        US night",
        "hours          04:00-20:00 New York, Monday to Friday",
        "time zone      America/New_York",
        "currency       USD",
        "symbol         AAPL",
        "TR             HDFSASP0  overseas order book, US (free) and Asia (paid)",
        "trades         HDFSCNT0  overseas trades, as late as the order book of the same",
        "               key",
        "access         free",
        "delay          real time",
        "exchange time  2026-07-09 10:53:00 EDT",
        "Korean time    2026-07-09 23:53:00 KST",
        "now            DNASAAPL is a US night key; that session runs 04:00-20:00 New",
        "               York and is open (Thursday 23:53 KST). The regular session ends",
        "               Friday 05:00 KST. The market closes Friday 09:00 KST.",
        "",
        "sessions of Thu 2026-07-09 New York",
        "session       in Korean    exchange time       Korean time             now",
        "──────────────────────────────────────────────────────────────────────────────",
        "pre-market    프리마켓     Thu 04:00 - 09:30   Thu 17:00 - 22:30       over",
        "regular       정규장       Thu 09:30 - 16:00   Thu 22:30 - Fri 05:00   open",
        "after-hours   애프터마켓   Thu 16:00 - 20:00   Fri 05:00 - 09:00       to come",
        "",
        "other keys of this symbol",
        "key        feed                 TR         now",
        "─────────────────────────────────────────────────",
        "RBAQAAPL   Nasdaq, US daytime   HDFSASP0   closed",
        "",
        "Now open: DNASAAPL (Nasdaq, US night).",
        "kisq does not know the holidays of New York.",
    ]


def test_a_tr_key_as_json() -> None:
    """A program gets the moments in ISO 8601 and the states as true and false."""
    found = as_object("RBAQAAPL")
    assert (found["open"], found["closed_because"]) == (False, "outside its hours")
    assert found["opens_at"] == "2026-07-09T20:00:00-04:00"
    assert (found["closes_at"], found["holidays"]) == (None, "no calendar")
    assert [s["opens_kst"] for s in found["sessions"]] == [
        "2026-07-09T09:00:00+09:00",
        "2026-07-10T09:00:00+09:00",
    ]
    assert found["siblings"] == [
        {"tr_key": "DNASAAPL", "what": "Nasdaq, US night", "tr_id": "HDFSASP0", "open": True}
    ]


def test_a_weekend_shows_the_next_sessions() -> None:
    """Where the exchange has no session today, the next ones are shown, and that they are next."""
    lines = screen("DNASAAPL", datetime(2026, 7, 11, 14, 0, tzinfo=KST))
    assert "next sessions, because there are none on Sat 2026-07-11 New York" in lines
    assert "regular       정규장       Mon 09:30 - 16:00   Mon 22:30 - Tue 05:00   to come" in lines


def test_a_real_order_book() -> None:
    """Each value of a message stands beside its name."""
    found = as_object(BOOK)
    values = {f["name"]: f["value"] for f in found["records"][0]}
    assert (values["RSYM"], values["PBID1"], values["PASK1"]) == (
        "RBAQAAPL",
        "182.8500",
        "182.8700",
    )
    assert {f["mark"] for f in found["records"][0]} == {""}
    assert (found["tr_id"], found["count"], found["width"]) == ("HDFSASP0", 1, 71)
    assert found["notes"] == []
    assert "12   PBID1    매수호가1        bid price 1           182.8500   currency" in screen(
        BOOK
    )


def test_records_apart() -> None:
    """The records of one message are shown one after the other."""
    head, _, payload = BOOK.rpartition("|")
    found = as_object(f"{head[:-1]}2|{payload}^{payload}")
    assert found["records"][0] == found["records"][1]
    assert len(found["records"][0]) == 71


def test_surplus_fields_are_marked() -> None:
    """What KIS appended is shown as surplus, with its number and value."""
    found = as_object(f"{BOOK}^7^new")
    assert found["records"][0][71:] == [
        {"number": 72, "name": "", "korean": "", "english": "", "value": "7",
         "meaning": "", "unit": "", "mark": "surplus"},
        {"number": 73, "name": "", "korean": "", "english": "", "value": "new",
         "meaning": "", "unit": "", "mark": "surplus"},
    ]  # fmt: skip
    assert found["notes"] == ["2 surplus fields: a record is documented with 71"]


def test_missing_fields_are_marked() -> None:
    """What a short record lacks is named as missing."""
    found = as_object(BOOK.rpartition("^")[0])
    assert found["records"][0][70]["mark"] == "missing"
    assert found["records"][0][70]["name"] == "DASK10"
    assert found["records"][0][70]["value"] is None
    assert found["notes"] == [
        "not decodable: 70 fields in 1 record; an HDFSASP0 record has 71 or more",
        "1 missing field: a record is documented with 71",
    ]


def test_an_odd_book_is_said_to_be() -> None:
    """A book that decodes but does not add up comes with what is odd about it."""
    notes = as_object(BOOK.replace("^1482^", "^1483^"))["notes"]
    assert notes == ["BVOL is 1483, but its levels add up to 1482"]


@pytest.mark.parametrize(
    ("tr_id", "records", "width"),
    [("HDFSCNT0", 2, 26), ("H0STASP0", 1, 62), ("H0STCNT0", 1, 46)],
)
def test_trades_and_korean_messages(tr_id: str, records: int, width: int) -> None:
    """Each record of a message is explained, each field by the layout of its width."""
    found = as_object(next(frame for frame in ALL_FRAMES if f"|{tr_id}|" in frame))
    assert len(found["records"]) == records
    names = [field["name"] for field in found["records"][0]]
    assert names == [field.name for field in TRS[tr_id].fields[:width]]
    assert not any(field["mark"] for field in found["records"][0])


def test_a_tr_without_a_table() -> None:
    """The fields of any other TR are numbered, and the reason is said."""
    found = as_object("0|H0XXCNT0|001|0001^103925^2500.12")
    assert [f["number"] for f in found["records"][0]] == [1, 2, 3]
    assert found["notes"][0] == (
        "kisq has no table of the fields of H0XXCNT0: they are only numbered"
    )


def test_an_encrypted_message() -> None:
    """An encrypted payload is not taken for fields."""
    found = as_object("1|H0STCNI0|001|q83vEjRWeJA=")
    assert found["encrypted"] is True
    assert "records" not in found


@pytest.mark.parametrize(
    ("message", "what", "code"),
    [
        (ACCEPTED, "an answer to a request", "OPSP0000"),
        (
            '{"header":{"tr_id":"PINGPONG","datetime":"20230502221924"}}',
            "PINGPONG, the server's keep-alive",
            None,
        ),
        (
            '{"header":{"approval_key":"K","custtype":"P","tr_type":"2"},'
            '"body":{"input":{"tr_id":"HDFSASP0","tr_key":"DNASAAPL"}}}',
            "a request of a client",
            None,
        ),
        ('{"error_code":"EGW00103"}', "a refusal of an approval key", "EGW00103"),
        ('{"approval_key":"K"}', "an approval key", None),
        ('{"body":{}}', "nothing that the feed is known to send", None),
        ('{"body":{"rt_cd":"9","msg_cd":"OPSP8996"}}', "an answer to a request", "OPSP8996"),
        ('{"body":', "not decodable", None),
        ("0|HDFSASP0|0|x", "not decodable", None),
        ("0^1", "not decodable", None),
    ],
)
def test_kinds_of_messages(message: str, what: str, code: str | None) -> None:
    """A message of any kind is named, and its code is explained."""
    found = as_object(message)
    assert (found["message"], found.get("code")) == (what, code)


def test_parts_of_a_control_message() -> None:
    """Each part of a control message comes with what its value means."""
    parts = {p["part"]: (p["value"], p["meaning"]) for p in as_object(ACCEPTED)["parts"]}
    assert parts["header.tr_key"] == ("DAMSSPY", "Amex, US night")
    assert parts["body.rt_cd"] == ("0", "fine")
    assert parts["body.msg_cd"] == ("OPSP0000", "subscribed")


def test_an_unknown_code_in_a_message() -> None:
    """A code that KIS has invented since is said to be unknown."""
    notes = as_object('{"body":{"rt_cd":"1","msg_cd":"OPSP4242"}}')["notes"]
    assert notes == ["kisq does not know the code 'OPSP4242'"]


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("8996", ["OPSP8996"]),
        ("ALREADY IN USE appkey", ["OPSP8996"]),
        ("already  in use", ["OPSP8996"]),
        ("invalid approval : not found", ["OPSP0011"]),
        ("htsid가잘못되었습니다", ["OPSP0017"]),
        ("유효하지 않은", ["EGW00103", "EGW00105"]),
        ("invalid tr_key", ["OPSP8992", "OPSP8993"]),
        ("SUCCESS", ["OPSP0000", "OPSP0001"]),
        ("12:00 ERROR subscribe: ALREADY IN USE appkey, retry", ["OPSP8996"]),
        ("unsubscribe success at last", ["OPSP0001"]),
        ("refused with opsp0011!", ["OPSP0011"]),
    ],
)
def test_texts_of_kis(word: str, codes: list[str]) -> None:
    """KIS's own text, a part of it in any case, and the number alone lead to the code."""
    found = as_object(word)
    assert found.get("codes", [found.get("code")]) == codes
    rows = found.get("meanings", [found])
    assert [row["meaning"] for row in rows] == [CODES[code].meaning for code in codes]


@pytest.mark.parametrize("word", ["HTTP 401", "HTTP/1.1 401 Unauthorized", "handshake status 401"])
def test_a_status_in_words(word: str) -> None:
    """A status is known as a log or a library writes it."""
    assert as_object(word)["meaning"] == HANDSHAKE[401]


def test_a_number_may_be_a_stock_of_tokyo() -> None:
    """Four digits are a code, and the keys of the stock that they may be are said."""
    assert "DTSE9997" in as_object("9997")["notes"][0]
    assert as_object("OPSP9997")["notes"] == []


@pytest.mark.parametrize(
    ("word", "names", "trs"),
    [
        ("VBID1", ["VBID1"], ["HDFSASP0", "HDFSASP1"]),
        ("mtyp", ["MTYP"], ["HDFSCNT0"]),
        ("PBID", [f"PBID{n}" for n in range(1, 11)], ["HDFSASP0", "HDFSASP1", "HDFSCNT0"]),
    ],
)
def test_a_field(word: str, names: list[str], trs: list[str]) -> None:
    """A mnemonic is explained with every TR that has it and its place there."""
    found = as_object(word)
    assert found["kind"] == "field"
    assert set(names) <= {row["name"] for row in found["places"]}
    assert set(found["tr_ids"]) <= set(trs)
    for row in found["places"]:
        assert TRS[row["tr_id"]].fields[row["number"] - 1].name == row["name"]


def test_a_field_that_may_be_a_symbol() -> None:
    """A field whose name may be a share's comes with the keys of that share."""
    assert as_object("OPEN")["notes"] == [
        "If you mean the US symbol OPEN, its keys are DNASOPEN, DNYSOPEN, DAMSOPEN."
    ]
    assert as_object("VBID1")["notes"] == []


@pytest.mark.parametrize("name", [name for name, code in OPSP.items() if code.field])
def test_a_code_for_the_author_of_a_client(name: str) -> None:
    """A code about a request names the field, and a right request is shown with it."""
    found = as_object(name)
    assert found["request_field"] == OPSP[name].field
    right = json.loads(found["right_request"])
    place = right
    for member in OPSP[name].field.replace("request", "header").split("."):
        place = place[member]
    assert place


def test_all_codes_about_requests_name_a_field() -> None:
    """Each JSON PARSING ERROR of a faulty request says which field it is about."""
    busy = {"OPSP9993", "OPSP9995"}
    parsing = {name for name, code in OPSP.items() if code.text.startswith("JSON")}
    assert all(OPSP[name].field for name in parsing - busy)


REQUEST = (
    '{"header":{"approval_key":"s3cr3tsecret","custtype":"P","tr_type":"1",'
    '"content-type":"utf-8"},"body":{"input":{"tr_id":"HDFSASP0","tr_key":"DNASAAPL"}}}'
)
REFUSED = '{"header":{"tr_id":"(null)"},"body":{"rt_cd":"9","msg_cd":"OPSP8996","msg1":"x"}}'
PYTHON_REQUEST = str(json.loads(REQUEST))


@pytest.mark.parametrize(
    ("request_", "field", "sentence"),
    [
        (REQUEST.replace("DNASAAPL", "AAPL"), "body.input.tr_key", "DNASAAPL, DNYSAAPL, DAMSAAPL"),
        (REQUEST.replace("DNASAAPL", "DHKS00003"), "body.input.tr_key", "a key of HDFSASP1"),
        (REQUEST.replace("approval_key", "appkey"), "header.approval_key", "header.appkey stands"),
        (REQUEST.replace('"1"', '"3"'), "header.tr_type", 'it must be "1" (subscribe)'),
        (REQUEST.replace('"1"', "1"), "header.tr_type", "is not a string"),
        (PYTHON_REQUEST, "request", "send json.dumps(request)"),
        (json.dumps(json.loads(REQUEST)["header"]), "request", "the request is flat"),
        (REQUEST[:-2], "request", "the request is not JSON"),
        (json.dumps(REQUEST), "request", "encoded twice"),
    ],
)
def test_a_faulty_request_is_judged(request_: str, field: str, sentence: str) -> None:
    """A request of the user's own program is judged: the field, what is wrong, a right one."""
    found = as_object(request_)
    assert (found["message"], found["right"]) == ("a request of a client", False)
    assert found["faults"][0]["field"] == field
    assert sentence in found["faults"][0]["sentence"]
    assert as_object(found["right_request"])["right"] is True
    assert "s3cr3tsecret" not in json.dumps(found)


def test_a_right_request_is_judged_right() -> None:
    """Nothing is wrong with what KIS documents."""
    found = as_object(REQUEST)
    assert (found["right"], found.get("faults")) == (True, None)
    assert {part["part"]: part["value"] for part in found["parts"]}["body.input.tr_key"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"2026-07-10 23:53:34 INFO recv: {REFUSED}", "an answer to a request"),
        (f"23:53:34 | INFO | <- {REFUSED} (took 3 ms)", "an answer to a request"),
        (f"DEBUG received {json.loads(REFUSED)}", "an answer to a request"),
        (f'{{"level":"info","msg":{json.dumps(REFUSED)}}}', "an answer to a request"),
        (f"msg={json.dumps(REFUSED)}", "an answer to a request"),
        (f"INFO > {REQUEST}", "a request of a client"),
        (f"23:53:34 | DEBUG | {BOOK}", "data"),
        (f"recv {BOOK!r}", "data"),
        (f"{{not json}} {REFUSED}", "an answer to a request"),
    ],
)
def test_a_message_inside_a_log_line(line: str, message: str) -> None:
    """A message is found in the line that a program logged, also as Python prints it."""
    found = as_object(line)
    assert found["message"] == message
    assert found["notes"][-1].startswith(("The message begins at", "It is written as Python"))
    if message == "data":
        assert found["records"] == as_object(BOOK)["records"]
    if message == "an answer to a request":
        assert found["code"] == "OPSP8996"


def test_of_what_cannot_be_decoded_the_beginning_is_shown() -> None:
    """The first 400 characters of a message that is none, and that there were more."""
    shown = "0|" + "x" * 398
    assert as_object(shown)["text"] == shown
    assert as_object(f"{shown}x")["text"] == f"{shown}…"


def test_where_a_message_begins() -> None:
    """The place of a message in a line is said."""
    assert as_object(f"INFO > {REFUSED}")["notes"] == [
        "The message begins at character 8 of the text."
    ]


SECRET = "s3cr3tsecret"
LEAKY = [
    '{"body":{"rt_cd":"0","output":{"iv":"%s","key":"%s"}}}',
    '{"body":{"rt_cd":"0","output":{"iv":["%s"],"KEY":{"a":"%s"}}}}',
    '{"header":{"approval_key":"%s"},"body":{"input":{"appkey":"%s"}}}',
    '{"approval_key":"%s","secretkey":"%s"}',
    '{"output":{"iv":"a,b}%s","key":"%s',
    "{'approval_key': '%s', iv: %s}",
    '{"text":"{\\"iv\\":\\"%s\\",\\"key\\": \\"%s\\"}"}',
    '{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":"%s","key":"%s"}}}}}}}}',
]


@pytest.mark.parametrize("message", LEAKY)
def test_secrets_are_hidden(command: Command, message: str) -> None:
    """No secret of a message is shown, whether the message is whole or broken."""
    for option in ("--json", "--no-color"):
        code, out, err = command(message % (SECRET, SECRET), option)
        assert code == 0
        assert SECRET not in out + err
    if "rt_cd" in message:
        assert "***" in out


@pytest.mark.long
@given(st.text())
@settings(max_examples=20)  # make soak looks at half a million
def test_no_word_is_too_odd(word: str) -> None:
    """Any text is explained or refused in a sentence, and no output can steer a terminal."""
    for text in (word, f"0|HDFSASP0|001|{word}", f"0|{word}", json.dumps({"header": word})):
        try:
            explanation = explain(text, asked())
        except WrongUsage:
            continue
        assert as_json(as_members(explanation)).isprintable()
        console = Console(width=80, file=io.StringIO())
        console.print(as_tables(explanation))
        assert console.file.getvalue().replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("word", "offer"),
    [
        ("OPSP8886", "OPSP8996"),
        ("opsp1", "kisq does not know the code 'OPSP1'; the nearest are OPSP"),
        ("EGW99999", "kisq does not know the code 'EGW99999'; the nearest are EGW"),
        ("404", "kisq does not know the HTTP status '404'; the nearest are 504, 403"),
        ("HTTP 404", "kisq does not know the HTTP status '404'; the nearest are 504, 403"),
        ("HTTP/1.1 418 I'm a teapot", "kisq does not know the HTTP status '418'; the nearest are"),
        ("Handshake status 521", "kisq does not know the HTTP status '521'; the nearest are"),
        ("5930", "Korean stocks have six characters: 005930"),
        ("OPSP 8886", "a code (OPSP8996)"),
        ("EGW105", "EGW00105"),
        ("HDFSASP2", "HDFSASP1"),
        ("HDFCNT0", "HDFSCNT0"),
        ("NSA", "the market NYS or NAS"),
        ("AAPL", "DNASAAPL (Nasdaq), DNYSAAPL (NYSE) or DAMSAAPL (Amex"),
        ("RNASAAPL", "DNASAAPL (Nasdaq, US night)"),
        ("DNSAAAPL", "DNYSAAPL (NYSE, US night)"),
        ("dnysbrk.b", "DNYSBRK/B"),
        ("DKRX005930", "a Korean key has no prefix and no market: 005930 (KRX"),
        ("", "a code (OPSP8996)"),
        ("what is this", "not a tr_key such as DNASAAPL"),
        ("\x1b[31m", "a code (OPSP8996)"),
        ("e2f5c3de-0f7c-4bd5-9d62-6f1b1c5d7a11", "a code (OPSP8996)"),
    ],
)
def test_near_misses(command: Command, word: str, offer: str) -> None:
    """What is nearly a word that kisq knows is answered with that word, and exit code 2."""
    code, out, err = command(word)
    assert (code, out) == (2, "")
    assert err.startswith("kisq: error: ")
    assert offer in err
    assert err.count("\n") == 1
    assert err.replace("\n", "").isprintable()
    assert "e2f5c3de" not in err  # what is too long for a word may be a key


def test_what_is_as_long_as_a_symbol_is_no_misspelt_market(command: Command) -> None:
    """UNIFY looks like UNIFIED, and is rather meant as a symbol."""
    assert "perhaps the market" not in command("UNIFY")[2]
    assert "DNASUNIFY" in command("UNIFY")[2]


def test_stdin_of_messages(command: Command) -> None:
    """From stdin every line is explained; comments and empty lines are not."""
    lines = ["# a comment", "", BOOK, "OPSP8996", f"{ACCEPTED}\r"]
    code, out, err = command("-", "--json", stdin="\n".join(lines).encode())
    assert (code, err) == (0, "")
    assert [json.loads(line)["kind"] for line in out.splitlines()] == ["message", "code", "message"]


def test_stdin_with_a_fault(command: Command) -> None:
    """A line that is nothing known is said on stderr, and the others are explained."""
    code, out, err = command("-", "--json", stdin=b"AAPL\nOPSP8996\nMSFT\n")
    assert code == 2
    assert len(out.splitlines()) == 1
    assert [line.split("'")[1] for line in err.splitlines()] == ["AAPL", "MSFT"]


def test_stdin_of_broken_bytes(command: Command) -> None:
    """Bytes that are no text are shown as such, never an error."""
    code, out, _ = command("-", stdin=b"0|HDFSASP0|001|\xff\x00\x1b[2J^\n")
    assert code == 0
    assert "\\x00\\x1b[2J" in out


def test_endless_line_of_stdin(command: Command) -> None:
    """A line longer than any message ends the reading; what was wrong before is said too."""
    lines = b"AAPL\nOPSP8996\n" + b"x" * (MOST_BYTES + 1)
    code, out, err = command("-", "--json", stdin=lines)
    assert (code, out.count("\n"), err.count("\n")) == (2, 1, 2)
    assert "'AAPL'" in err
    assert "a line of stdin is longer than 4 MiB" in err
    assert command("-", stdin=b"#" * (MOST_BYTES + 1) + b"\nOPSP8996")[0] == 2
    assert command("-", stdin=b"#" * (MOST_BYTES - 1) + b"\nOPSP8996")[0] == 0


def test_stdin_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A stdin that is open only for writing is wrong usage."""
    monkeypatch.setattr(sys, "argv", ["kisq", "explain", "-"])
    with os.fdopen(os.open(os.devnull, os.O_WRONLY), "rb") as nothing:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(nothing))
        assert run_command_line() == 2
    assert capfd.readouterr().err == "kisq: error: stdin cannot be read: Bad file descriptor\n"


def test_empty_stdin(command: Command) -> None:
    """Nothing on stdin is wrong usage."""
    assert command("-")[0] == 2


def test_key_of_several_trs(command: Command) -> None:
    """explain has no --tr: it names the TRs, and the commands that take one."""
    code, _, err = command("A01606")
    assert code == 2
    assert "choose one with --tr in watch, check or raw (H0CFASP0" in err


@pytest.mark.parametrize("lines", ["", "# a comment\n", "no message\n" * 3])
def test_recording_without_a_message(command: Command, tmp_path: Path, lines: str) -> None:
    """A recording that holds nothing to explain is wrong usage, as is such a stdin."""
    (tmp_path / "day").write_text(lines)
    code, out, err = command("-r", str(tmp_path / "day"))
    assert (code, out) == (2, "")
    assert err.endswith(
        "error: the recording holds no message to explain; name another one with -r\n"
    )


def test_a_field_of_more_than_five_letters_is_no_symbol() -> None:
    """LAST may be meant as a share of the US, SERIES is longer than their symbols."""
    assert "DNASLAST" in as_object("LAST")["notes"][-1]
    assert as_object("SERIES").get("notes") in (None, [])


PERSONAL = ("abcd1234", "1234567801", "홍길동")
PLAIN_NOTICE = (
    "0|H0STCNI0|001|abcd1234^1234567801^0000000123^^02^0^00^0^005930^0000000010^000070000^171217"
    "^0^2^2^00950^000000010^홍길동^0^1^N^^00^^삼성전자^000070000"
)
NOTICE_REQUEST = (
    '{"header":{"approval_key":"x","custtype":"P","tr_type":"1","content-type":"utf-8"},'
    '"body":{"input":{"tr_id":"H0STCNI0","tr_key":"abcd1234"}}}'
)
NOTICE_ANSWER = (
    '{"header":{"tr_id":"H0STCNI0","tr_key":"abcd1234","encrypt":"Y"},'
    '"body":{"rt_cd":"0","msg_cd":"OPSP0000","msg1":"SUBSCRIBE SUCCESS"}}'
)


@pytest.mark.parametrize("message", [PLAIN_NOTICE, NOTICE_REQUEST, NOTICE_ANSWER])
def test_whose_order_it_is_is_hidden(kisq: Callable[..., Run], message: str) -> None:
    """Account, names and HTS ID of a notice, of its request and its answer appear nowhere."""
    for arguments in ((), ("--json",)):
        run = kisq("explain", message, *arguments)
        assert run.returncode == 0
        assert b"***" in run.stdout
        assert not any(word.encode() in run.stdout + run.stderr for word in PERSONAL)


@pytest.mark.parametrize("tr_id", ["H0STCNI0", "H0GSCNI0"])
def test_a_notice_says_what_decrypts_it(kisq: Callable[..., Run], tr_id: str) -> None:
    """The explanation of its TR agrees with what `kisq watch` can do."""
    assert "`kisq watch` decrypts it" in " ".join(kisq("explain", tr_id).stdout.decode().split())
