"""Order notices as KIS encrypts them."""

import base64
import json
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY, IV = "0123456789abcdef0123456789ABCDEF", "fedcba9876543210"
_FILE = Path(__file__).parent.parent / "notices.txt"
# The tr_id and the plaintext of each.
PLAINTEXTS = [
    tuple(line.split("\t"))
    for line in _FILE.read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def encrypted(tr_id: str, plaintext: str, key: str = KEY, iv: str = IV) -> str:
    """The message of a notice."""
    padder = PKCS7(128).padder()
    padded = padder.update(plaintext.encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key.encode()), modes.CBC(iv.encode())).encryptor()
    data = encryptor.update(padded) + encryptor.finalize()
    return f"1|{tr_id}|001|{base64.b64encode(data).decode()}"


def accepted(tr_id: str, hts_id: str, key: str = KEY, iv: str = IV) -> str:
    """KIS's answer to the subscribe, which brings the session's key."""
    header = {"tr_id": tr_id, "tr_key": hts_id, "encrypt": "Y"}
    body = {"rt_cd": "0", "msg_cd": "OPSP0000", "msg1": "SUBSCRIBE SUCCESS"}
    body |= {"output": {"iv": iv, "key": key}}
    return json.dumps({"header": header, "body": body})
