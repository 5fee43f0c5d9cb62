"""A client of the simulator that is not kisq: the bare WebSocket library, which answers nothing."""

import json
from typing import Any

import requests
import websocket
from conftest import credentials

from helpers.patience import PATIENCE
from kisq.simulator.server import Simulator
from kisq.wire.messages import Answer, PingPong, parse


def body(**changes: object) -> dict[str, object]:
    account = credentials()
    right = {
        "grant_type": "client_credentials",
        "appkey": account["KIS_APP_KEY"],
        "secretkey": account["KIS_APP_SECRET"],
    }
    return {name: value for name, value in (right | changes).items() if value is not None}


def approve(simulator: Simulator, asked: dict[str, object]) -> requests.Response:
    return requests.post(f"{simulator.rest_url}/oauth2/Approval", json=asked, timeout=PATIENCE)


def approval_key(simulator: Simulator) -> str:
    key: str = approve(simulator, body()).json()["approval_key"]
    return key


def request(
    key: str, tr_key: object = "DNASAAPL", tr_id: object = "HDFSASP0", tr_type: object = "1"
) -> dict[str, Any]:
    header = {
        "approval_key": key,
        "custtype": "P",
        "tr_type": tr_type,
        "content-type": "utf-8",
    }
    return {"header": header, "body": {"input": {"tr_id": tr_id, "tr_key": tr_key}}}


class Client:
    """Another client: the bare library, which answers nothing by itself."""

    def __init__(self, url: str, sockopt: tuple[tuple[int, int, int], ...] = ()) -> None:
        self.ws = websocket.create_connection(url, timeout=PATIENCE, sockopt=sockopt)

    def ask(self, message: object) -> Answer:
        """Send a request and give its answer; a PINGPONG in between is answered."""
        self.ws.send(message if isinstance(message, str) else json.dumps(message))
        while True:
            text = self.ws.recv()
            answer = parse(text)
            if isinstance(answer, Answer):
                return answer
            if isinstance(answer, PingPong):
                self.ws.pong(text)

    def next(self, kind: type) -> Any:
        while True:
            message = parse(self.ws.recv())
            if isinstance(message, kind):
                return message
