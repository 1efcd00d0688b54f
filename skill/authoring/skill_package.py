"""What Amazon's skill package holds beside the interaction models: the manifest, and the task for a routine."""

import json
import re
from collections.abc import Mapping
from typing import Any

from skill.authoring.content import TaskText
from skill.authoring.icons import icon_file
from skill.authoring.publishing import Publishing
from skill.channels.alexa.reminders import PERMISSION
from skill.conversation import TASK
from skill.errors import PackageError

__all__ = ["TASK_VERSION", "connected", "manifest", "rendered", "task_definition", "task_file"]

TASK_VERSION = 1
"""Counts up when what the task takes or gives is changed; then the file before it stays as well."""
PERMISSIONS = ("alexa::person_id:read", PERMISSION)
"""What the skill may ask of Alexa: whose voice it is, without which every voice is the account's, and reminders."""
EVENTS = ("SKILL_DISABLED",)
"""The events that the skill is told of: it does something at no other."""

_PAGES = {"privacy_policy_url": "privacyPolicyUrl", "terms_of_use_url": "termsOfUseUrl"}
_FUNCTION = re.compile(
    r"arn:aws:lambda:[a-z]{2}(?:-[a-z]+)+-\d:\d{12}:function:[\w-]{1,64}(?::[\w-]{1,128})?", re.ASCII
)
"""A function of Amazon's Lambda, by itself or with an alias or a version."""


def manifest(publishings: Mapping[str, Publishing]) -> dict[str, Any]:
    """The skill's manifest in Amazon's shape, without an endpoint; `publishings` is by locale."""
    texts = {locale: publishing.texts(locale) for locale, publishing in publishings.items()}
    first = next(iter(publishings.values()))
    return {
        "manifest": {
            "manifestVersion": "1.0",
            "publishingInformation": {
                "locales": {
                    locale: {
                        "name": text.name,
                        "summary": text.summary,
                        "description": text.whole_description(),
                        "examplePhrases": list(text.example_phrases),
                        "keywords": list(text.keywords),
                        "smallIconUri": f"file://assets/images/{icon_file(108)}",
                        "largeIconUri": f"file://assets/images/{icon_file(512)}",
                    }
                    for locale, text in texts.items()
                },
                "isAvailableWorldwide": False,
                "distributionMode": "PUBLIC",
                "distributionCountries": list(
                    dict.fromkeys(country for one in publishings.values() for country in one.countries)
                ),
                "category": first.category,
                "testingInstructions": first.testing_instructions,
            },
            "privacyAndCompliance": {
                "allowsPurchases": False,
                "usesPersonalInfo": True,
                "isChildDirected": False,
                "isExportCompliant": True,
                "containsAds": False,
                # Patients' records that Amazon would handle for a clinic: there are none.
                "usesHealthInfo": False,
                "locales": {
                    locale: {_PAGES[field]: address for field, address in text.pages().items()}
                    for locale, text in texts.items()
                },
            },
            "permissions": [{"name": name} for name in PERMISSIONS],
            "apis": {"custom": {"tasks": [{"name": TASK, "version": str(TASK_VERSION)}]}},
        }
    }


def connected(made: dict[str, Any], function: str) -> dict[str, Any]:
    """A manifest that sends what is said, and the skill's events, to a function, which is named by its ARN.

    Raises:
        PackageError: It is no ARN of a Lambda function.
    """
    if not _FUNCTION.fullmatch(function):
        raise PackageError(
            f"{function!r} is no ARN of a Lambda function: write one such as"
            " arn:aws:lambda:us-east-1:123456789012:function:stay-close:live."
        )
    inner = made["manifest"]
    apis = {**inner["apis"], "custom": {**inner["apis"]["custom"], "endpoint": {"uri": function}}}
    events = {"endpoint": {"uri": function}, "subscriptions": [{"eventName": name} for name in EVENTS]}
    return {**made, "manifest": {**inner, "apis": apis, "events": events}}


def rendered(made: dict[str, Any]) -> bytes:
    """A manifest or a task as its file holds it."""
    return (json.dumps(made, indent=2, ensure_ascii=False) + "\n").encode()


def task_file() -> str:
    """The name of the task's file in the package's folder `tasks`."""
    return f"{TASK}.{TASK_VERSION}.json"


def task_definition(texts: Mapping[str, TaskText]) -> bytes:
    """The task's definition as its file holds it, an OpenAPI document; `texts` is by locale.

    It takes nothing, so that it can be put into a routine as it is, and gives nothing but what is spoken.
    """
    definition: dict[str, Any] = {
        "openapi": "3.0.0",
        "info": {
            "title": TASK,
            "version": str(TASK_VERSION),
            "x-amzn-alexa-access-scope": "public",
            "x-amzn-display-details": {
                locale: {"title": text.title, "description": text.description} for locale, text in texts.items()
            },
        },
        "paths": {
            f"/{TASK}": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                    "responses": {"200": {"description": "The word was spoken."}},
                }
            }
        },
    }
    return rendered(definition)
