from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from emissions.vocabulary import message

ACTIVITY = Path("src/emissions/activity")
MESSAGES = Path("src/emissions/vocabulary/data/messages")


def _codes(root: Path) -> set[str]:
    """Return every text of the code that is the name of a message: a problem or a reason."""
    pattern = re.compile(r'"([a-z_]+)"')
    return {
        code for part in (root / ACTIVITY).rglob("*.py") for code in pattern.findall(part.read_text(encoding="utf-8"))
    }


def test_every_message_is_used_and_has_both_languages(root: Path) -> None:
    catalogue = yaml.safe_load((root / MESSAGES / "activity.yaml").read_text(encoding="utf-8"))
    used = _codes(root)
    for code, texts in catalogue.items():
        assert set(texts) == {"zh", "en"}, code
        assert code in used, code
        assert not re.search(r"[一-鿿]", texts["en"]), code


def test_every_problem_has_a_message(root: Path) -> None:
    raised = re.compile(
        r'(?:Problem|_unreadable|found\.add|found\.say|_bound)\(\s*(?:name, )?"([a-z_]+)"'
        r'|problem="([a-z_]+)"|said="([a-z_]+)"|reason = "([a-z_]+)"'
    )
    for part in (root / ACTIVITY).rglob("*.py"):
        for match in raised.finditer(part.read_text(encoding="utf-8")):
            code = next(group for group in match.groups() if group)
            if code not in {"unknown_word", "condition_without_words"}:
                assert message(code, "en") != code, (part.name, code)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_fields_are_put_in(language: str) -> None:
    text = message("total_differs", language, label="x", found="1", sum="2", difference="3")  # type: ignore[arg-type]
    assert all(part in text for part in ("x", "1", "2", "3"))
