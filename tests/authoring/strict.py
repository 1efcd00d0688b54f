"""A strict walk over Amazon's own typed model, whose serializer drops what it does not know and stops at a first fault.

The types of ask-smapi-model 1.36 know every value that is used here; what Amazon adds later is named in ALLOWED.
"""

import json
import re
from importlib import import_module
from typing import Any

from ask_sdk_core.serialize import DefaultSerializer

__all__ = ["round_trip", "walk"]

PLAIN: dict[str, type] = {"str": str, "bool": bool, "int": int, "float": float}

REQUIRED = {
    "SkillManifestEnvelope": {"manifest"},
    "SkillManifest": {"manifestVersion", "publishingInformation", "privacyAndCompliance", "apis"},
    "SkillManifestPublishingInformation": {
        "locales", "isAvailableWorldwide", "distributionCountries", "category", "testingInstructions",
    },
    "SkillManifestLocalizedPublishingInformation": {
        "name", "summary", "description", "examplePhrases", "keywords", "smallIconUri", "largeIconUri",
    },
    "SkillManifestPrivacyAndCompliance": {
        "allowsPurchases", "usesPersonalInfo", "isChildDirected", "isExportCompliant", "containsAds", "locales",
    },
    "SkillManifestLocalizedPrivacyAndCompliance": {"privacyPolicyUrl"},
    "SkillManifestEvents": {"endpoint", "subscriptions"},
    "SkillManifestEndpoint": {"uri"},
    "EventName": {"eventName"},
    "PermissionItems": {"name"},
    "CustomTask": {"name", "version"},
    "InteractionModelData": {"interactionModel"},
    "InteractionModelSchema": {"languageModel"},
    "LanguageModel": {"invocationName", "intents"},
    "Intent": {"name", "samples"},
    "SlotDefinition": {"name", "type"},
    "SlotType": {"name", "values"},
    "TypeValue": {"name"},
    "TypeValueObject": {"value"},
}  # fmt: skip
"""What must be there, by type: the typed model itself calls every key optional."""

ALLOWED: dict[str, set[str]] = {}
"""Values that Amazon takes and the types do not know yet, by the type's name."""


def walk(kind: Any, value: Any, path: str = "$") -> list[str]:
    """Every key, type and value against a type of the model: what it does not know, or misses, is a fault."""
    if isinstance(kind, str):
        return _written(kind, value, path)
    if hasattr(kind, "__members__"):
        known = {member.value for member in kind} | ALLOWED.get(kind.__name__, set())
        return [] if value in known else [f"{path}: {value!r} is no {kind.__name__}"]
    if not isinstance(value, dict):
        return [f"{path}: expected a mapping"]
    if classes := getattr(kind, "discriminator_value_class_map", None):
        key = kind.json_discriminator_key
        if value.get(key) not in classes:
            return [f"{path}.{key}: {value.get(key)!r} is no {kind.__name__}"]
        if (real := _class(classes[value[key]])) is not kind:
            return walk(real, value, path)
    names = {alias: name for name, alias in kind.attribute_map.items()}
    faults = [f"{path}: unknown key {key!r}" for key in value if key not in names]
    faults += [f"{path}.{key}: is missing" for key in sorted(REQUIRED.get(kind.__name__, set()) - set(value))]
    for key, item in value.items():
        if key in names:
            faults += walk(kind.deserialized_types[names[key]], item, f"{path}.{key}")
    return faults


def _written(kind: str, value: Any, path: str) -> list[str]:
    """A type as the model writes it: `object`, `str`, `list[…]`, `dict(str, …)`, or a class by its full name."""
    if kind == "object":
        return []
    if kind in PLAIN:
        return [] if type(value) is PLAIN[kind] else [f"{path}: expected {kind}"]
    if match := re.fullmatch(r"list\[(.*)\]", kind):
        if not isinstance(value, list):
            return [f"{path}: expected a list"]
        return [fault for place, item in enumerate(value) for fault in walk(match[1], item, f"{path}[{place}]")]
    if match := re.fullmatch(r"dict\(str, (.*)\)", kind):
        if not isinstance(value, dict):
            return [f"{path}: expected a mapping"]
        return [fault for key, item in value.items() for fault in walk(match[1], item, f"{path}.{key}")]
    return walk(_class(kind), value, path)


def _class(name: str) -> Any:
    module, _, kind = name.rpartition(".")
    return getattr(import_module(module), kind)


def round_trip(kind: Any, value: dict[str, Any]) -> Any:
    """What is left of a value that goes through Amazon's serializer and back."""
    serializer = DefaultSerializer()
    return _bare(serializer.serialize(serializer.deserialize(json.dumps(value), kind)))


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if item is not None}
    return [_bare(item) for item in value] if isinstance(value, list) else value
