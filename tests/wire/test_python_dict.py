"""A dict as Python prints it, read as JSON."""

import json

import pytest

from kisq.wire.python_dict import json_of_python


@pytest.mark.parametrize(
    "value",
    [
        {"msg1": 'say "so"', "rt_cd": "0"},
        {"msg1": "it's", "none": None, "yes": True, "no": False},
        {"msg1": 'it\'s "both" \\ \n \x1b \xe9 한글', "None": "True"},
        {"a": {"b": [1, 2.5, "c"]}},
    ],
)
def test_what_python_prints_is_read(value: dict[str, object]) -> None:
    """Quotes, escapes and Python's words become those of JSON; what is JSON stays as it is."""
    assert json.loads(json_of_python(str(value))) == value
    assert json_of_python(json.dumps(value)) == json.dumps(value)
