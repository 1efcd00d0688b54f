"""A caregiver is a keyed hash."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from skill.errors import SettingsError
from skill.journal import Key, caregiver_key


def test_the_hash_depends_on_the_key_and_tells_nothing() -> None:
    first, second = Key(b"one key, long enough"), Key(b"another key, long enough")
    name = first.caregiver("amzn1.ask.account.ANNA")
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert name == first.caregiver("amzn1.ask.account.ANNA")
    assert name != second.caregiver("amzn1.ask.account.ANNA")
    assert name != first.caregiver("amzn1.ask.account.BEN")
    assert not name.startswith(first.session("amzn1.ask.account.ANNA"))
    assert "key" not in repr(first).lower().replace("key object", "")


def test_the_key_comes_from_the_setting(tmp_path: Path) -> None:
    environment = {"STAY_CLOSE_KEY": "sixteen letters!", "STAY_CLOSE_DATA": str(tmp_path / "data")}
    assert caregiver_key(environment).secret == b"sixteen letters!"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("key", ["", "too short"])
def test_a_short_key_is_a_clear_mistake(key: str) -> None:
    with pytest.raises(SettingsError, match="give it 16 characters or more"):
        caregiver_key({"STAY_CLOSE_KEY": key})


def test_without_a_setting_a_key_is_made_once_and_kept_to_oneself(tmp_path: Path) -> None:
    environment = {"STAY_CLOSE_DATA": str(tmp_path / "data")}
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: caregiver_key(environment).secret, range(32)))
    assert len(keys) == 1
    assert (tmp_path / "data" / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["key"]


def test_a_damaged_key_file_is_a_clear_mistake(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("")
    with pytest.raises(SettingsError, match="restore it, or delete it"):
        caregiver_key({"STAY_CLOSE_DATA": str(tmp_path)})
