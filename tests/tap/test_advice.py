"""What a tap says of a program: each sentence, its bound, and that it comes once."""

import json
from collections.abc import Callable, Sequence

import pytest
from helpers.records import AAPL
from player import ACCEPTED

from kisq.locale.sentence import verbatim
from kisq.reasons.silence import Silence
from kisq.tap.advice import Advice
from kisq.tap.masking import Mask
from kisq.tap.notes import Note, Notes
from kisq.tap.program import Program
from kisq.wire.escape import Redactor
from kisq.wire.frames import (
    CLOSE,
    CONTROL,
    DATA,
    IN,
    OPEN,
    OUT,
    PING,
    PINGPONG,
    Direction,
    Frame,
    FrameKind,
)
from kisq.wire.frames import PONG as PONG_KIND
from kisq.wire.messages import Key, Request

_AAPL = ("HDFSASP0", "DNASAAPL")
_CLOSED = Silence(True, "Its market is closed.", "Wait until it opens.", "closed")
_REFUSED = (
    '{"header":{"tr_id":"%s","tr_key":"%s","encrypt":"N"},"body":{"rt_cd":"1",'
    '"msg_cd":"OPSP8992","msg1":"SUBSCRIBE ERROR : invalid tr_key"}}'
)
_UNNAMED = (
    '{"header":{"tr_id":"(null)","tr_key":"","encrypt":"N"},"body":{"rt_cd":"9",'
    '"msg_cd":"OPSP8996","msg1":"ALREADY IN USE appkey"}}'
)
_PINGPONG = '{"header":{"tr_id":"PINGPONG","datetime":"20261127160347"}}'


class Session:
    """A program whose session is told frame by frame; ``said`` is what was said of it."""

    def __init__(
        self,
        why: Callable[[Key, Sequence[Key]], Silence] = lambda *_: _CLOSED,
        likely: Callable[[Key], str] = lambda _: "",
    ) -> None:
        self.sentences: list[str] = []
        self.program = Program()
        self.mask = Mask(Redactor())
        self._advice = Advice(self.program, self.sentences.append, self.mask, why, likely)
        self._frame(0.0, OUT, OPEN, "ws://127.0.0.1:1/")

    def _frame(self, tick: float, direction: Direction, kind: FrameKind, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        self._advice.write(Frame(tick, direction, kind, data, tick))

    def asks(self, tick: float, key: Key = _AAPL, tr_type: str = "1") -> None:
        self._frame(tick, OUT, CONTROL, Request("***", tr_type, *key).to_text())

    def requests(self, text: str) -> None:
        """A text of the program with its secrets."""
        self.mask.request(text.encode())
        self._advice.judge(text.encode())

    def sends(self, tick: float, kind: FrameKind, text: str | bytes) -> None:
        self._frame(tick, OUT, kind, text)

    def gets(self, tick: float, text: str) -> None:
        is_data = text[1:2] == "|"
        kind = DATA if is_data else PINGPONG if "PINGPONG" in text else CONTROL
        self._frame(tick, IN, kind, text)

    def gets_ping(self, tick: float, text: str) -> None:
        self._frame(tick, IN, PING, text)

    def closes(self, tick: float) -> None:
        self._frame(tick, OUT, CLOSE, "1000")

    def opens(self, tick: float) -> None:
        self._frame(tick, OUT, OPEN, "ws://127.0.0.1:1/")

    def connects(self, tick: float) -> None:
        self._advice.attempt(tick)

    def said_by(self, tick: float) -> list[str]:
        """What was said up to a moment, at which nothing more is there."""
        self._advice.flush(tick)
        self._advice.flush(tick)
        return self.sentences

    def flushes(self, tick: float) -> None:
        """A moment at which more may be waiting."""
        self._advice.flush(tick)


def test_proper_program_is_told_nothing() -> None:
    """A program that does all as it should hears nothing, however long it runs."""
    session = Session()
    session.connects(0.0)
    session.asks(1.0)
    session.gets(1.01, ACCEPTED % _AAPL)
    session.asks(1.06, ("H0STCNI0", "***"))
    session.gets(1.07, ACCEPTED % ("H0STCNI0", "***"))
    for tick in range(2, 600, 20):
        session.gets(tick, AAPL)
        session.gets(tick + 1, _PINGPONG)
        session.sends(tick + 1.1, PINGPONG, _PINGPONG)
    session.sends(601.0, PING, b"\x00\x01")
    session.asks(602.0, tr_type="2")
    session.closes(603.0)
    assert session.said_by(2000.0) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"tr_key": "AAPL"}, 'body.input.tr_key is "AAPL", which lacks its beginning'),
        ({"tr_key": "DHKS00003"}, 'is "DHKS00003", a key of HDFSASP1, HDFSCNT0, not of HDFSASP0'),
        ({"custtype": "X"}, 'header.custtype is "X": it must be "P"'),
        ({"tr_type": "3"}, 'header.tr_type is "3": it must be "1"'),
        ({"approval_key": f"PS{'a' * 34}"}, "header.approval_key looks like an app key"),
    ],
)
def test_request_that_is_not_right_is_said_once_with_a_right_one(
    change: dict[str, str], sentence: str
) -> None:
    """A faulty request is reported with its fault, KIS's code and what to send; never a secret."""
    request = Request("approval-key-1", "1", *_AAPL)._replace(**change)
    session = Session()
    session.requests(request.to_text())
    session.requests(request.to_text())
    (only,) = session.said_by(0.0)
    assert sentence in only
    assert "KIS is documented to answer OPSP" in only
    assert '"approval_key":"***"' in only
    assert request.approval_key not in only


def test_request_that_kis_says_nothing_about_is_said_all_the_same() -> None:
    """A fault without a code of KIS has a sentence of its own."""
    session = Session()
    value = json.loads(Request("approval-key-1", "1", *_AAPL).to_text())
    value["header"]["appsecret"] = "s" * 180
    session.requests(json.dumps(value))
    (only,) = session.said_by(0.0)
    assert "header.appsecret is sent over a connection without encryption" in only
    assert "KIS is not known to report it" in only


def test_hts_id_in_a_faulty_request_is_not_said() -> None:
    """Of a request for order notices neither fault nor right request shows the HTS ID."""
    session = Session()
    session.requests(Request("approval-key-1", "3", "H0STCNI0", "my-hts-id").to_text())
    (only,) = session.said_by(0.0)
    assert "my-hts-id" not in only
    assert '"tr_key":"***"' in only


def test_key_of_another_market_is_said_with_what_the_files_have() -> None:
    """A key that the symbol files lack is reported once with the keys that they have."""
    session = Session(likely=lambda key: "DAMSSPY" if key[1] == "DNASSPY" else "")
    session.asks(1.0)
    session.asks(2.0, ("HDFSASP0", "DNASSPY"))
    session.asks(3.0, ("HDFSASP0", "DNASSPY"))
    (only,) = session.said_by(3.0)
    assert "KIS's symbol files do not have HDFSASP0 DNASSPY, but" in only
    assert "its symbol as DAMSSPY:" in only


@pytest.mark.parametrize(("seconds", "times"), [(10.0, 0), (10.1, 1)])
def test_pingpong_answered_late(seconds: float, times: int) -> None:
    """An answer after more than 10 s is late, said once."""
    session = Session()
    for began in (1.0, 21.0):
        session.gets(began, _PINGPONG)
        session.sends(began + seconds, PINGPONG, _PINGPONG)
    said = [each for each in session.said_by(40.0) if "answered a PINGPONG after 10.1 s" in each]
    assert len(said) == times


@pytest.mark.parametrize(("seconds", "times"), [(29.9, 0), (30.0, 1)])
def test_pingpong_not_answered(seconds: float, times: int) -> None:
    """A PINGPONG that stands unanswered for 30 s is reported, once."""
    session = Session()
    session.gets(1.0, _PINGPONG)
    session.said_by(1.0 + seconds)
    said = session.said_by(1.0 + seconds + 0.05)
    assert ["has not answered a PINGPONG for 30 s" in each for each in said] == [True] * times


@pytest.mark.parametrize(
    ("kind", "text", "form"),
    [
        (PONG_KIND, b"", "a PONG frame that holds something else"),
        (PING, _PINGPONG, "a PING frame"),
        (PINGPONG, "0|pingpong", "a text of its own"),
        (PINGPONG, _PINGPONG.replace("20261127160347", "x"), "a text of its own"),
    ],
)
def test_pingpong_in_an_odd_form(kind: FrameKind, text: str | bytes, form: str) -> None:
    """A form that KIS is not known to take is reported once, with those that it takes."""
    session = Session()
    for tick in (1.0, 21.0):
        session.gets(tick, _PINGPONG)
        session.sends(tick + 0.1, kind, text)
    (only,) = session.said_by(22.0)
    assert f"answers PINGPONG with {form}" in only


@pytest.mark.parametrize("text", [_PINGPONG, json.dumps(json.loads(_PINGPONG))])
def test_pingpong_in_a_known_form(text: str) -> None:
    """The same text, or the same object written anew, is nothing odd."""
    session = Session()
    session.gets(1.0, _PINGPONG)
    session.sends(1.1, PINGPONG, text)
    assert session.said_by(100.0 - 10.1) == []


def test_frames_of_a_keep_alive_are_no_answers() -> None:
    """A library's own PING, and its PONG to a PING of KIS, answer no PINGPONG."""
    session = Session()
    session.gets(1.0, _PINGPONG)
    session.gets_ping(1.1, "kis")
    session.sends(1.2, PONG_KIND, b"kis")
    session.sends(1.3, PING, b"own")
    session.sends(1.4, PINGPONG, _PINGPONG)
    assert session.said_by(2.0) == []
    assert session.program.answer_seconds == pytest.approx([0.4])


@pytest.mark.parametrize(("seconds", "times"), [(29.9, 0), (30.0, 1)])
@pytest.mark.parametrize("answer", [_REFUSED % _AAPL, _UNNAMED], ids=["named", "unnamed"])
def test_refusal_that_is_overlooked(answer: str, seconds: float, times: int) -> None:
    """A refusal without a new request for that key within 30 s is reported with its next step."""
    session = Session()
    session.asks(1.0)
    session.gets(2.0, answer)
    session.gets(2.0 + seconds, _PINGPONG)
    said = session.said_by(2.0 + seconds)
    assert len(said) == times
    for sentence in said:
        assert "KIS refused HDFSASP0 DNASAAPL 30 s ago with OPSP" in sentence
        assert ": check the market code" in sentence or ": end the other program" in sentence


@pytest.mark.parametrize("reaction", ["asks", "closes"])
def test_refusal_that_is_noticed(reaction: str) -> None:
    """A program that asks again, or ends the session, has not overlooked a refusal."""
    session = Session()
    session.asks(1.0)
    session.gets(2.0, _REFUSED % _AAPL)
    getattr(session, reaction)(20.0)
    assert session.said_by(60.0) == []


@pytest.mark.parametrize(("seconds", "times"), [(10.0, 1), (10.1, 0)])
def test_subscribe_then_unsubscribe(seconds: float, times: int) -> None:
    """An unsubscribe within 10 s after the subscribe is reported once for each key."""
    session = Session(lambda *_: pytest.fail("it is not silent"))
    for began in (1.0, 41.0):
        session.asks(began)
        session.gets(began + 0.1, ACCEPTED % _AAPL)
        session.gets(began + 0.2, AAPL)
        session.asks(began + seconds, tr_type="2")
    said = session.said_by(60.0)
    assert len(said) == times
    for sentence in said:
        assert "unsubscribed HDFSASP0 DNASAAPL 10.0 s after it had subscribed" in sentence


def test_unsubscribe_of_what_was_never_asked_for_is_no_fault_of_this_kind() -> None:
    """Only what was subscribed to can be given back."""
    session = Session()
    session.asks(1.0, tr_type="2")
    session.gets(1.1, _REFUSED % _AAPL)
    assert session.said_by(60.0) == []


@pytest.mark.parametrize(("number", "times"), [(41, 0), (42, 1), (44, 1)])
def test_more_than_kis_allows(number: int, times: int) -> None:
    """The 42nd registration of a session is reported, once."""
    session = Session()
    for n in range(number):
        session.asks(float(n), ("H0STCNT0", f"{n:06d}"))
    said = session.said_by(50.0)
    assert len(said) == times
    if said:
        assert "H0STCNT0 000041 is registration 42 of this session, and KIS allows 41" in said[0]


def test_what_is_given_back_or_refused_does_not_count_as_registered() -> None:
    """41 are counted as KIS counts them."""
    session = Session(lambda *_: _CLOSED)
    keys = [("H0STCNT0", f"{n:06d}") for n in range(43)]
    for n, key in enumerate(keys[:41]):
        session.asks(float(n), key)
    session.gets(42.0, _REFUSED % keys[0])
    session.asks(43.0, keys[1], tr_type="2")
    for n, key in enumerate(keys[41:]):
        session.asks(44.0 + n, key)
    assert session.said_by(46.0) == []


@pytest.mark.parametrize(("seconds", "times"), [(0.049, 1), (0.051, 0)])
def test_requests_that_follow_too_fast(seconds: float, times: int) -> None:
    """Two requests less than 50 ms apart are reported, once."""
    session = Session()
    for n in range(3):
        session.asks(1.0 + n * seconds, ("H0STCNT0", f"{n:06d}"))
    said = session.said_by(2.0)
    assert ["two requests within 49 ms" in each for each in said] == [True] * times


@pytest.mark.parametrize(("seconds", "times"), [(60.0, 1), (60.1, 0)])
def test_third_connect_in_a_minute(seconds: float, times: int) -> None:
    """The third connect within 60 s is reported, once."""
    session = Session()
    for n in range(4):
        session.connects(n * seconds / 2)
    said = session.said_by(200.0 - 120.0)
    assert ["for the third time within 60 s" in each for each in said] == [True] * times


@pytest.mark.parametrize(("seconds", "times"), [(9.9, 0), (10.0, 1)])
def test_key_that_is_silent_is_said_with_its_reason(seconds: float, times: int) -> None:
    """A key of which nothing came 10 s after it was accepted is reported once, with the reason."""
    asked: list[tuple[Key, list[Key]]] = []

    def why(key: Key, ticking: Sequence[Key]) -> Silence:
        asked.append((key, list(ticking)))
        return _CLOSED

    session = Session(why)
    session.asks(1.0)
    session.asks(2.0, ("H0STCNT0", "005930"))
    session.gets(2.5, ACCEPTED % _AAPL)
    session.gets(2.6, AAPL)
    session.gets(3.0, ACCEPTED % ("H0STCNT0", "005930"))
    session.said_by(3.0 + seconds)
    said = session.said_by(3.0 + seconds)
    assert len(said) == times
    for sentence in said:
        assert "H0STCNT0 005930 was accepted 10 s ago, and nothing has come for it." in sentence
        assert sentence.endswith("Its market is closed. Wait until it opens.")
    assert asked == [(("H0STCNT0", "005930"), [_AAPL])] * times


def test_silence_of_order_notices_is_none() -> None:
    """Order notices come with orders: nothing is reported if none come."""
    session = Session()
    session.asks(1.0, ("H0STCNI0", "***"))
    session.gets(1.1, ACCEPTED % ("H0STCNI0", "***"))
    assert session.said_by(80.0) == []


def test_surplus_fields_are_said_once() -> None:
    """Fields beyond those that are known are reported, with how to read such a record."""
    session = Session()
    for tick in (1.0, 2.0):
        session.gets(tick, f"{AAPL}^new")
    (only,) = session.said_by(3.0)
    assert "a record of HDFSASP0 has 72 fields, 1 more than the 71 that are known" in only


def test_several_records_in_a_message_are_said_once() -> None:
    """A message with more than one record is reported, because many parsers overlook the rest."""
    record = AAPL.split("|")[3]
    several = f"0|HDFSASP0|002|{record}^{record}"
    session = Session()
    session.gets(1.0, several)
    session.gets(2.0, several)
    (only,) = session.said_by(3.0)
    assert "a message of HDFSASP0 holds 2 records of 71 fields, joined" in only


@pytest.mark.parametrize(("seconds", "times"), [(89.9, 0), (90.0, 1)])
@pytest.mark.parametrize("last", [_PINGPONG, AAPL])
def test_half_open_connection(last: str, seconds: float, times: int) -> None:
    """90 s without anything from KIS are reported, once, whatever the program sends."""
    session = Session()
    session.gets(5.0, last)
    session.sends(6.0, PINGPONG, _PINGPONG)
    session.said_by(5.0 + seconds)
    said = session.said_by(5.0 + seconds)
    assert ["nothing has come from KIS for 90 s" in each for each in said] == [True] * times


def test_end_of_a_session_ends_what_was_waited_for() -> None:
    """After a close neither silence nor an unanswered PINGPONG is counted on."""
    session = Session()
    session.asks(1.0)
    session.gets(1.1, ACCEPTED % _AAPL)
    session.gets(2.0, _PINGPONG)
    session.closes(3.0)
    assert session.said_by(500.0) == []
    session.opens(600.0)
    assert session.said_by(689.0) == []
    assert len(session.said_by(690.0)) == 1


def test_backlog_is_judged_by_its_own_time() -> None:
    """What was shown late was not late itself: frames that still wait are waited for."""
    session = Session()
    session.asks(1.0)
    session.gets(1.1, ACCEPTED % _AAPL)
    session.gets(1.2, _PINGPONG)
    session.flushes(500.0)
    session.sends(1.3, PINGPONG, _PINGPONG)
    session.gets(1.4, AAPL)
    session.flushes(500.0)
    for tick in range(20, 500, 20):
        session.gets(float(tick), AAPL)
    assert session.said_by(500.0) == []


def test_sentences_about_invented_keys_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many keys a program invents, what is remembered of them has an end."""
    monkeypatch.setattr("kisq.tap.notes._MOST", 20)
    session = Session()
    for n in range(25):
        session.requests(Request("approval-key-1", "1", "HDFSASP0", f"x{n}").to_text())
    assert len(session.said_by(1.0)) == 20


def test_two_thousand_notes_are_kept() -> None:
    """This is where it has its end."""
    notes = Notes()
    notes.add(Note(n, verbatim("a sentence")) for n in range(2500))
    assert len(notes.take()) == 2000
