"""The simulator's gateway over HTTP: approval keys, tokens and look-ups, for any client."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from conftest import credentials
from helpers.bare_client import approve, body
from helpers.patience import PATIENCE

from kisq.simulator.accounts import Account, Limit
from kisq.simulator.faults import parse_faults
from kisq.simulator.server import Simulator
from kisq.simulator.shared_state import Options

PRICE = "/uapi/domestic-stock/v1/quotations/inquire-price"
INFO = "/uapi/domestic-stock/v1/quotations/search-info"
OVERSEAS = "/uapi/overseas-price/v1/quotations/price"


def looked_up(simulator: Simulator, path: str, **parameters: str) -> dict[str, Any]:
    headers = {"authorization": "Bearer token", "appkey": credentials()["KIS_APP_KEY"]}
    url = f"{simulator.rest_url}{path}"
    answer = requests.get(url, parameters, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_a_burst_of_approvals_is_fine() -> None:
    """Clients ask for one at each subscribe; what is documented only is reported, not enforced."""
    reported: list[str] = []
    with Simulator(Options(), report=reported.append) as server:
        account = body()
        answers = [approve(server, account) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.json()["approval_key"] for answer in answers}) == 5
    assert reported == [
        "the approval key was asked for again within 1 s, which KIS is documented to refuse with "
        "EGW00201, as --fault approval-rate does"
    ]


def test_the_strict_rule_of_approvals_is_a_fault() -> None:
    """One a second, with --fault approval-rate; each refusal is reported."""
    reported: list[str] = []
    options = Options(faults=parse_faults(["approval-rate"]))
    with Simulator(options, report=reported.append) as server:
        account = body()
        assert approve(server, account).status_code == 200
        refused = approve(server, account)
        assert (refused.status_code, refused.json()["error_code"]) == (403, "EGW00201")
        assert approve(server, body()).status_code == 200  # another appkey
    assert reported == ["POST /oauth2/Approval: 403 EGW00201 초당 거래건수를 초과하였습니다."]


def test_calls_of_an_appkey_have_a_limit() -> None:
    """Twenty in a second, whatever they are; then there is room again."""
    account = Account("secret")
    gateway = Limit(20, 1.0, "EGW00201")
    assert [account.exceeds("any", gateway, n * 0.01) for n in range(21)] == [False] * 20 + [True]
    assert account.exceeds("any", gateway, 0.99)
    assert not account.exceeds("any", gateway, 1.0)


def test_a_flood_of_approvals_is_refused(simulator: Simulator) -> None:
    """The gateway's limit holds for approval keys."""
    account, answers = body(), set[int]()
    with ThreadPoolExecutor(60) as pool:
        for _ in range(20):  # a slow machine may need more than one second for the first ones
            answers |= {
                a.status_code for a in pool.map(lambda _: approve(simulator, account), range(60))
            }
            if 403 in answers:
                break
    assert answers == {200, 403}


def test_hangul_of_errors_is_not_escaped(simulator: Simulator) -> None:
    """KIS sends UTF-8, not backslashes."""
    refused = approve(simulator, body(appkey=None))
    assert "AppKey는 필수입니다." in refused.content.decode("utf-8")


@pytest.mark.parametrize("path", ["/oauth2/revokeP", "/", "/uapi/nothing", "/tryitout"])
def test_other_paths_are_404_in_the_form_of_kis(path: str) -> None:
    """The error has rt_cd, msg_cd and msg1, and what was asked for is reported."""
    reported: list[str] = []
    with Simulator(Options(), report=reported.append) as server:
        answer = requests.get(f"{server.rest_url}{path}", timeout=PATIENCE)
        assert answer.status_code == 404
        assert set(answer.json()) == {"rt_cd", "msg_cd", "msg1"}
    (line,) = reported
    assert line.startswith(f"GET {path}: 404 ")


def test_access_token() -> None:
    """It has the fields that clients read, and its second issue within a minute is a fault's."""
    account = body()
    asked = {
        "grant_type": "client_credentials",
        "appkey": account["appkey"],
        "appsecret": account["secretkey"],
    }
    with Simulator(Options(faults=parse_faults(["approval-rate"]))) as server:
        url = f"{server.rest_url}/oauth2/tokenP"
        token = requests.post(url, data=json.dumps(asked), timeout=PATIENCE).json()
        again = requests.post(url, data=json.dumps(asked), timeout=PATIENCE)
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 86400)
    assert len(token["access_token"]) > 300
    assert token["access_token_token_expired"][10] == " "
    assert (again.status_code, again.json()["error_code"]) == (403, "EGW00133")


def test_look_up_of_a_korean_price(simulator: Simulator) -> None:
    """A stock has a price of the simulated market; one that does not exist has the price 0."""
    parameters = {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": "005930"}
    found = looked_up(simulator, PRICE, **parameters)
    assert (found["rt_cd"], found["output"]["stck_shrn_iscd"]) == ("0", "005930")
    assert int(found["output"]["stck_prpr"]) > 0
    unknown = looked_up(simulator, PRICE, **parameters | {"FID_INPUT_ISCD": "009999"})
    assert unknown["output"]["stck_prpr"] == "0"


def test_look_up_tells_the_exchange_abroad(simulator: Simulator) -> None:
    """A symbol has a price on its own exchange and none on another."""
    spy = {
        market: looked_up(simulator, OVERSEAS, AUTH="", EXCD=market, SYMB="SPY")["output"]
        for market in ("NAS", "NYS", "AMS", "BAA")
    }
    assert [market for market, output in spy.items() if output["last"]] == ["AMS", "BAA"]
    assert (spy["AMS"]["rsym"], spy["AMS"]["zdiv"]) == ("DAMSSPY", "4")


def test_look_up_of_a_name(simulator: Simulator) -> None:
    """A symbol has its names and ISIN; one that its exchange does not have is answered with 7."""
    found = looked_up(simulator, INFO, PDNO="005930", PRDT_TYPE_CD="300")["output"]
    assert (found["prdt_abrv_name"], found["std_pdno"]) == ("삼성전자", "KR7005930003")
    apple = looked_up(simulator, INFO, PDNO="AAPL", PRDT_TYPE_CD="512")["output"]
    assert (apple["prdt_abrv_name"], apple["prdt_eng_name"]) == ("애플", "APPLE INC")
    assert looked_up(simulator, INFO, PDNO="AAPL", PRDT_TYPE_CD="513")["rt_cd"] == "7"


def test_look_ups_need_a_token(simulator: Simulator) -> None:
    """Without one the gateway answers in the form of its other calls."""
    answer = requests.get(f"{simulator.rest_url}{PRICE}", timeout=PATIENCE)
    assert (answer.status_code, answer.json()["msg_cd"]) == (500, "EGW00121")
