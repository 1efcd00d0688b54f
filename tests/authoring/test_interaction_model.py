"""What Alexa listens for: strict against Amazon's own typed model, and free of what its build refuses."""

import copy
import json
from typing import Any

import pytest
from ask_smapi_model.v1.skill.interaction_model.interaction_model_data import InteractionModelData

from skill.authoring.build import MODELS
from skill.authoring.interaction_model import LOCALES, listens_for, model_faults
from skill.channels.alexa.turns import COMMANDS, PHRASE_INTENT
from skill.words import Words
from tests.authoring.strict import round_trip, walk

MODEL: dict[str, Any] = json.loads((MODELS / "en-US.json").read_text())


@pytest.fixture(params=sorted(LOCALES))
def model(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The model of each locale."""
    loaded: dict[str, Any] = json.loads((MODELS / f"{request.param}.json").read_text(encoding="utf-8"))
    return loaded


def test_every_locale_has_a_model_and_no_other_has() -> None:
    assert {path.stem for path in MODELS.iterdir()} == set(LOCALES)


def test_amazons_typed_model_knows_every_key_and_value(model: dict[str, Any]) -> None:
    assert walk(InteractionModelData, model) == []


def test_it_goes_through_amazons_serializer_and_back_unchanged(model: dict[str, Any]) -> None:
    assert round_trip(InteractionModelData, model) == model


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        (("languageModel", "typ"), "unknown key"),
        (
            ("languageModel", "modelConfiguration", "fallbackIntentSensitivity", "level"),
            "is no FallbackIntentSensitivityLevel",
        ),
        (("languageModel", "intents"), "expected a list"),
        (("languageModel", "invocationName"), "is missing"),
    ],
)
def test_the_walk_finds_what_is_wrong(place: tuple[str, ...], fault: str) -> None:
    model = copy.deepcopy(MODEL)
    inner = model["interactionModel"]
    for key in place[:-1]:
        inner = inner[key]
    if fault == "is missing":
        del inner[place[-1]]
    else:
        inner[place[-1]] = "EXTREME"
    assert any(fault in found for found in walk(InteractionModelData, model))


def test_the_committed_model_has_no_fault(model: dict[str, Any]) -> None:
    assert model_faults(model) == []


@pytest.mark.parametrize(
    ("sentence", "sure"),
    [
        ("she's pushing me away", True),  # a beginning, and a rest
        ("breathe with me", True),  # a sample
        (MODEL["interactionModel"]["languageModel"]["types"][0]["values"][0]["name"]["value"], True),
        ("quite another thing", False),
        ("she's", False),
        ("seven o'clock", False),  # a time, perhaps: that is Amazon's to know
    ],
)
def test_what_it_is_sure_to_take_is_known(sentence: str, sure: bool) -> None:  # noqa: FBT001 - what is expected
    assert listens_for(MODEL, sentence) is sure


def test_its_intents_are_the_ones_that_are_understood(words: Words) -> None:
    names = {intent["name"] for intent in MODEL["interactionModel"]["languageModel"]["intents"]}
    assert names == {*COMMANDS, PHRASE_INTENT, *(carrier.intent for carrier in words.carriers)}


def test_it_stays_well_under_the_size_that_a_build_takes() -> None:
    assert len(json.dumps(MODEL)) < 1_000_000


SEARCH = {"name": "what", "type": "AMAZON.SearchQuery"}
PHRASE = {"name": "phrase", "type": "HeardPhrase"}


@pytest.mark.parametrize(
    ("intent", "fault"),
    [
        (
            {"name": "A", "slots": [{**SEARCH, "name": "all"}], "samples": ["{all}"]},
            "has a SearchQuery and no other words",
        ),
        (
            {"name": "A", "slots": [SEARCH, PHRASE], "samples": ["so {what} {phrase}"]},
            "has a second slot beside a SearchQuery",
        ),
        ({"name": "A", "slots": [SEARCH], "samples": ["zz {whot}"]}, "uses the undeclared slot 'whot'"),
        (
            {"name": "A", "slots": [{"name": "x", "type": "Unknown"}], "samples": ["zz {x}"]},
            "has the unknown type 'Unknown'",
        ),
        ({"name": "A", "samples": ["zz, really"]}, "holds a character that Alexa refuses"),
        ({"name": "A", "samples": ["zz", "zz"]}, "stands in A and in A"),
        ({"name": "A1", "samples": []}, "may hold letters and inner underscores only"),
        ({"name": "A", "slots": [SEARCH], "samples": ["she {what}"]}, "stands in SheIntent and in A"),
    ],
)
def test_a_fault_in_a_model_is_named(intent: dict[str, Any], fault: str) -> None:
    model = copy.deepcopy(MODEL)
    model["interactionModel"]["languageModel"]["intents"].append(intent)
    found = model_faults(model)
    assert len(found) == 1
    assert fault in found[0]


def test_a_fault_in_a_slot_type_is_named() -> None:
    model = copy.deepcopy(MODEL)
    values = model["interactionModel"]["languageModel"]["types"][0]["values"]
    values += [copy.deepcopy(values[0]), {"name": {"value": "x" * 141}}]
    assert [fault.rpartition(" ")[2] for fault in model_faults(model)] == ["twice", "long"]
