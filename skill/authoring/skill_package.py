"""What Amazon's skill package holds beside the interaction models: the task that a person adds to a routine."""

import json
from collections.abc import Mapping
from typing import Any

from skill.authoring.content import TaskText
from skill.conversation import TASK

__all__ = ["TASK_VERSION", "task_definition", "task_file"]

TASK_VERSION = 1
"""Counts up when what the task takes or gives is changed; then the file before it stays as well."""


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
    return (json.dumps(definition, indent=2, ensure_ascii=False) + "\n").encode()
