"""The manifest and the task of the skill package: strict against Amazon's own types, and true to the skill."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from ask_smapi_model.v1.skill.manifest.skill_manifest_envelope import SkillManifestEnvelope

from skill.authoring.build import PACKAGE, package_files, stale
from skill.authoring.interaction_model import LOCALES
from skill.authoring.skill_package import connected
from skill.channels.alexa.reminders import PERMISSION
from skill.conversation import TASK
from skill.errors import PackageError
from skill.words import Words
from tests.authoring.strict import round_trip, walk

ALIAS = "arn:aws:lambda:eu-west-1:123456789012:function:stay-close-Skill-1A2B:live"
PLAIN: dict[str, Any] = json.loads((PACKAGE / "skill.json").read_text(encoding="utf-8"))
CONNECTED = connected(PLAIN, ALIAS)

(FILE,) = (PACKAGE / "tasks").glob("*.json")
DEFINITION = json.loads(FILE.read_text(encoding="utf-8"))


def test_what_is_committed_is_what_the_content_makes() -> None:
    assert stale(package_files()) == []


# The manifest


@pytest.mark.parametrize("made", [PLAIN, CONNECTED], ids=["plain", "connected"])
def test_amazons_typed_manifest_knows_every_key_and_value(made: dict[str, Any]) -> None:
    assert walk(SkillManifestEnvelope, made) == []
    assert round_trip(SkillManifestEnvelope, made) == made


def _interface(**changes: object) -> Callable[[dict[str, Any]], None]:
    def plant(inner: dict[str, Any]) -> None:
        inner["apis"]["custom"]["interfaces"] = [{"type": "ALEXA_PRESENTATION_APL", **changes}]

    return plant


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (lambda inner: inner.update(permision=[]), "$.manifest: unknown key 'permision'"),
        (lambda inner: inner.pop("privacyAndCompliance"), "$.manifest.privacyAndCompliance: is missing"),
        (lambda inner: inner["permissions"][0].update(name="alexa::bogus"), "'alexa::bogus' is no PermissionName"),
        (lambda inner: inner["permissions"].append("alexa::bogus"), "permissions[2]: expected a mapping"),
        (lambda inner: inner["apis"]["custom"]["tasks"][0].update(version=1), "tasks[0].version: expected str"),
        (lambda inner: inner["publishingInformation"]["distributionCountries"].append("UK"), "'UK' is no Distribution"),
        (lambda inner: inner["publishingInformation"].update(locales=[]), "locales: expected a mapping"),
        (lambda inner: inner["publishingInformation"]["locales"]["en-GB"].pop("summary"), "en-GB.summary: is missing"),
        (lambda inner: inner["publishingInformation"]["locales"]["en-IN"].update(keywords="a"), "expected a list"),
        (lambda inner: inner["privacyAndCompliance"].update(containsAds=0), "containsAds: expected bool"),
        (lambda inner: inner["events"]["subscriptions"][0].update(eventName="SKILL_GONE"), "is no EventNameType"),
        (lambda inner: inner["events"]["endpoint"].clear(), "events.endpoint.uri: is missing"),
        (_interface(type="ALEXA_TELEPATHY"), "interfaces[0].type: 'ALEXA_TELEPATHY' is no Interface"),
        (_interface(viewports=[{}]), "unknown key 'viewports'"),
    ],
)
def test_the_walk_finds_what_is_wrong(plant: Callable[[dict[str, Any]], None], fault: str) -> None:
    made = copy.deepcopy(CONNECTED)
    plant(made["manifest"])
    found = walk(SkillManifestEnvelope, made)
    assert len(found) == 1
    assert fault in found[0]


def test_an_interface_is_walked_as_what_its_type_says() -> None:
    made = copy.deepcopy(CONNECTED)
    _interface(supportedViewports=[])(made["manifest"])
    assert walk(SkillManifestEnvelope, made) == []


def test_every_locale_that_is_listened_in_stands_in_the_store_with_a_privacy_policy() -> None:
    inner = PLAIN["manifest"]
    assert list(inner["publishingInformation"]["locales"]) == list(LOCALES)
    assert list(inner["privacyAndCompliance"]["locales"]) == list(LOCALES)
    assert all(page["privacyPolicyUrl"] for page in inner["privacyAndCompliance"]["locales"].values())


@pytest.mark.parametrize("locale", sorted(LOCALES))
def test_every_description_says_what_the_skill_is_not(locale: str) -> None:
    text = PLAIN["manifest"]["publishingInformation"]["locales"][locale]
    for said in (
        "not medical advice",
        "no substitute for a doctor",
        "not an emergency service",
        "cannot call for help or for anybody",
        "call your local emergency number",
    ):
        assert said in text["description"]
    assert len(text["description"]) <= 4000
    assert len(text["summary"]) <= 160
    assert "review" not in text["description"]


def test_it_is_offered_where_the_numbers_are_confirmed(words: Words) -> None:
    offered = PLAIN["manifest"]["publishingInformation"]
    assert offered["isAvailableWorldwide"] is False
    assert set(offered["distributionCountries"]) == {locale.partition("-")[2] for locale in LOCALES}
    assert all(words.numbers(country)["emergency"].isdigit() for country in offered["distributionCountries"])


def test_it_asks_for_the_permissions_that_the_skill_uses_and_no_other() -> None:
    # Alexa names the person who speaks only to a skill that asks for it.
    assert [one["name"] for one in PLAIN["manifest"]["permissions"]] == ["alexa::person_id:read", PERMISSION]


def test_its_task_is_the_one_whose_definition_lies_beside_it() -> None:
    (task,) = PLAIN["manifest"]["apis"]["custom"]["tasks"]
    assert FILE.name == f"{task['name']}.{task['version']}.json"


def test_without_a_function_there_is_no_endpoint_and_with_one_it_gets_words_and_events() -> None:
    assert "endpoint" not in json.dumps(PLAIN)
    assert "events" not in PLAIN["manifest"]
    inner = CONNECTED["manifest"]
    assert inner["apis"]["custom"]["endpoint"] == inner["events"]["endpoint"] == {"uri": ALIAS}
    assert inner["events"]["subscriptions"] == [{"eventName": "SKILL_DISABLED"}]
    assert {key: inner[key] for key in PLAIN["manifest"] if key != "apis"} == {
        key: value for key, value in PLAIN["manifest"].items() if key != "apis"
    }


@pytest.mark.parametrize(
    "function",
    [
        "",
        "stay-close",
        "https://example.org/alexa",
        "arn:aws:lambda:eu-west-1:123456789012:layer:stay-close:1",
        "arn:aws:lambda:eu-west-1:12345:function:stay-close",
        "arn:aws:sns:eu-west-1:123456789012:stay-close",
        f"{ALIAS}:live",
        f"{ALIAS}\n",
    ],
)
def test_what_is_no_function_is_refused_in_one_sentence(function: str) -> None:
    with pytest.raises(PackageError, match=r"is no ARN of a Lambda function: write one such as arn:.*\.$"):
        connected(PLAIN, function)


def test_a_function_by_itself_will_do() -> None:
    assert connected(PLAIN, ALIAS.removesuffix(":live"))["manifest"]["events"]["endpoint"]["uri"] in ALIAS


# The task, as Amazon takes one into routines


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
