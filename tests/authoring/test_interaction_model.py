"""What Alexa listens for: strict against Amazon's own typed model, and free of what its build refuses."""

import copy
import json
from typing import Any

import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_smapi_model.v1.skill.interaction_model.interaction_model_data import InteractionModelData

from skill.authoring.build import MODELS
from skill.authoring.interaction_model import model_faults
from skill.channels.alexa.turns import COMMANDS, PHRASE_INTENT
from skill.words import Words

MODEL: dict[str, Any] = json.loads((MODELS / "en-US.json").read_text())


def walk(kind: Any, value: Any, path: str) -> list[str]:
    """Every key and type of `value` against the typed model: what it does not know is a fault."""
    if isinstance(kind, str):
        if kind.startswith("list["):
            inner = kind[5:-1]
            if not isinstance(value, list):
                return [f"{path}: expected a list"]
            return [
                fault for place, item in enumerate(value) for fault in walk(_named(inner), item, f"{path}[{place}]")
            ]
        if kind in ("str", "bool", "int", "float"):
            wanted: type = {"str": str, "bool": bool, "int": int, "float": float}[kind]
            return [] if isinstance(value, wanted) else [f"{path}: expected {kind}"]
        return walk(_named(kind), value, path)
    if hasattr(kind, "__members__"):
        return [] if value in [member.value for member in kind] else [f"{path}: {value!r} is no {kind.__name__}"]
    if not isinstance(value, dict):
        return [f"{path}: expected a mapping"]
    names = {alias: name for name, alias in kind.attribute_map.items()}
    faults = [f"{path}: unknown key {key!r}" for key in value if key not in names]
    for key, item in value.items():
        if key in names:
            faults += walk(kind.deserialized_types[names[key]], item, f"{path}.{key}")
    return faults


def _named(name: str) -> Any:
    if name in ("str", "bool", "int", "float") or name.startswith("list["):
        return name
    module, _, kind = name.rpartition(".")
    return getattr(__import__(module, fromlist=[kind]), kind)


def test_amazons_typed_model_knows_every_key_and_value() -> None:
    assert walk(InteractionModelData, MODEL, "$") == []


def test_it_goes_through_amazons_serializer_and_back_unchanged() -> None:
    serializer = DefaultSerializer()
    typed = serializer.deserialize(json.dumps(MODEL), InteractionModelData)

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(item) for key, item in value.items() if item is not None}
        return [bare(item) for item in value] if isinstance(value, list) else value

    assert bare(serializer.serialize(typed)) == MODEL


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        (("languageModel", "typ"), "unknown key"),
        (
            ("languageModel", "modelConfiguration", "fallbackIntentSensitivity", "level"),
            "is no FallbackIntentSensitivityLevel",
        ),
        (("languageModel", "intents"), "expected a list"),
    ],
)
def test_the_walk_finds_what_is_wrong(place: tuple[str, ...], fault: str) -> None:
    model = copy.deepcopy(MODEL)
    inner = model["interactionModel"]
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = "EXTREME"
    assert any(fault in found for found in walk(InteractionModelData, model, "$"))


def test_the_committed_model_has_no_fault() -> None:
    assert model_faults(MODEL) == []


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
