"""The task in the skill package, as Amazon takes one into routines."""

import json

from skill.authoring.build import TASKS
from skill.authoring.interaction_model import LOCALES
from skill.conversation import TASK

(FILE,) = TASKS.glob("*.json")
DEFINITION = json.loads(FILE.read_text(encoding="utf-8"))


def test_the_file_is_named_after_the_task_and_its_version() -> None:
    name, version, ending = FILE.name.split(".")
    assert (name, ending) == (TASK, "json")
    assert DEFINITION["info"]["version"] == version
    assert version.isdigit()


def test_it_is_public_and_has_a_title_in_every_locale_that_is_listened_in() -> None:
    info = DEFINITION["info"]
    assert info["x-amzn-alexa-access-scope"] == "public"
    shown = info["x-amzn-display-details"]
    assert set(shown) == set(LOCALES)
    assert all(text["title"] and text["description"] for text in shown.values())


def test_it_has_one_path_that_takes_a_post_without_an_input() -> None:
    assert DEFINITION["openapi"] == "3.0.0"
    assert list(DEFINITION["paths"]) == [f"/{TASK}"]
    ((method, operation),) = DEFINITION["paths"][f"/{TASK}"].items()
    assert method == "post"
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert not schema.get("properties")
    assert "200" in operation["responses"]
    assert "$ref" not in FILE.read_text(encoding="utf-8")
