"""The language of what people read."""

import pytest

from kisq.locale.sentence import language_of


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko"}, "ko"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "en"),
        ({"LANG": "kok_IN"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR.EUC-KR"}, "ko"),
        ({"LC_MESSAGES": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "", "LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "KISQ_LANG": "en"}, "en"),
        ({"LANG": "en_US.UTF-8", "KISQ_LANG": "ko"}, "ko"),
        ({"KISQ_LANG": "KO "}, "ko"),
        ({"KISQ_LANG": "", "LANG": "ko_KR.UTF-8"}, "ko"),
        ({"KISQ_LANG": "ja", "LANG": "ko_KR.UTF-8"}, "ko"),
    ],
)
def test_language_is_that_of_kisq_lang_else_of_the_locale(
    environment: dict[str, str], language: str
) -> None:
    """KISQ_LANG counts before LC_ALL, LC_MESSAGES and LANG; all but Korean is English."""
    assert language_of(environment) == language
