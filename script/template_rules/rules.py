"""What cfn-lint does not know about templates like ours: `.cfnlintrc` adds these rules to its own.

They read the template as it is written, SAM's types beside CloudFormation's, since cfn-lint no longer translates SAM.

E9001  SnapStart needs Python 3.12 or newer
E9002  Alexa may call a function for one skill only
E9003  no wildcard in what a policy allows, and on what
E9004  a table outlives its stack
E9005  a secret outlives its stack
"""

import re
from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

_FUNCTIONS = ("AWS::Lambda::Function", "AWS::Serverless::Function")
_OLDEST = (3, 12)
"""The first Python that Lambda takes snapshots of."""
_ALEXA = "alexa-appkit.amazon.com"
_LOG_STREAMS = re.compile(r"arn:.*:log-group:[^*?]+:\*")
"""The ARN of all streams of one log group: Lambda names the streams, so nothing narrower can be written."""


def _retained(cfn: Template, kind: str) -> Iterator[RuleMatch]:
    """What is wrong where a resource of this type would go with its stack."""
    for name, resource in cfn.get_resources([kind]).items():
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            if resource.get(policy) != "Retain":
                yield RuleMatch(["Resources", name], f"{name} needs {policy}: Retain, or it can go with its stack")


class SnapStartRuntime(CloudFormationLintRule):
    """A function of which a snapshot is taken has a Python that can be."""

    id = "E9001"
    shortdesc = "SnapStart needs Python 3.12 or newer"
    description = "Lambda refuses a snapshot of an older Python; cfn-lint's own E2530 does not look at SAM's functions"

    def match(self, cfn: Template) -> Iterator[RuleMatch]:
        """Find functions with SnapStart and a Python that is too old."""
        for name, resource in cfn.get_resources(list(_FUNCTIONS)).items():
            properties = resource.get("Properties", {})
            runtime = re.fullmatch(r"python(\d+)\.(\d+)", str(properties.get("Runtime")))
            snapshots = properties.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions"
            if snapshots and runtime and tuple(map(int, runtime.groups())) < _OLDEST:
                path = ["Resources", name, "Properties", "Runtime"]
                yield RuleMatch(path, f"SnapStart needs python3.12 or newer, not {runtime[0]}")


class OneSkill(CloudFormationLintRule):
    """Whoever may call for Alexa may do so for one skill."""

    id = "E9002"
    shortdesc = "Alexa may call a function for one skill only"
    description = "Without the skill's id, anybody's skill can call the function"

    def match(self, cfn: Template) -> Iterator[RuleMatch]:
        """Find permissions and events of Alexa without a skill's id."""
        for name, resource in cfn.get_resources(["AWS::Lambda::Permission"]).items():
            properties = resource.get("Properties", {})
            if properties.get("Principal") == _ALEXA and not properties.get("EventSourceToken"):
                path = ["Resources", name, "Properties"]
                yield RuleMatch(path, "A permission for Alexa needs the skill's id as its EventSourceToken")
        for name, resource in cfn.get_resources(["AWS::Serverless::Function"]).items():
            for event, declared in resource.get("Properties", {}).get("Events", {}).items():
                if declared.get("Type") == "AlexaSkill" and not declared.get("Properties", {}).get("SkillId"):
                    path = ["Resources", name, "Properties", "Events", event]
                    yield RuleMatch(path, "An AlexaSkill event needs the SkillId")


class NoWildcard(CloudFormationLintRule):
    """A policy names each action and each resource."""

    id = "E9003"
    shortdesc = "No wildcard in what a policy allows, and on what"
    description = "The streams of a log group are the one exception; Not… and managed policies are wildcards as well"

    def match(self, cfn: Template) -> Iterator[RuleMatch]:
        """Find wildcards in the policies of all resources."""
        for name, resource in cfn.get_resources().items():
            yield from self._in(resource.get("Properties", {}), ["Resources", name, "Properties"])

    def _in(self, node: Any, path: list[str | int]) -> Iterator[RuleMatch]:  # noqa: ANN401 - a template's node
        """Find them in a node of the template and below it."""
        for key, inner in _children(node):
            here = [*path, key]
            if key in {"NotAction", "NotResource"}:
                yield RuleMatch(here, f"{key} allows whatever it does not name")
            elif key == "ManagedPolicyArns" or (key == "Policies" and any(isinstance(one, str) for one in inner)):
                yield RuleMatch(here, "A managed policy allows what others decide")
            elif key in {"Action", "Resource"} and "Effect" in node:
                if any(_wild(text) for text in _texts(inner)):
                    yield RuleMatch(here, f"A wildcard in {key}: name what is needed")
            else:
                yield from self._in(inner, here)


class TableKept(CloudFormationLintRule):
    """A table outlives its stack, and is not deleted by a slip."""

    id = "E9004"
    shortdesc = "A table outlives its stack"
    description = "It holds what families trusted us to keep"

    def match(self, cfn: Template) -> Iterator[RuleMatch]:
        """Find tables that could go."""
        yield from _retained(cfn, "AWS::DynamoDB::Table")
        for name, resource in cfn.get_resources(["AWS::DynamoDB::Table"]).items():
            if resource.get("Properties", {}).get("DeletionProtectionEnabled") is not True:
                yield RuleMatch(["Resources", name, "Properties"], f"{name} needs DeletionProtectionEnabled: true")


class SecretKept(CloudFormationLintRule):
    """A secret outlives its stack."""

    id = "E9005"
    shortdesc = "A secret outlives its stack"
    description = "Without the hashing key, no journal is found again"

    def match(self, cfn: Template) -> Iterator[RuleMatch]:
        """Find secrets that could go."""
        yield from _retained(cfn, "AWS::SecretsManager::Secret")


def _children(node: Any) -> Iterator[tuple[str | int, Any]]:  # noqa: ANN401 - a template's node
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


def _texts(node: Any) -> Iterator[str]:  # noqa: ANN401 - a template's node
    """Every text in a node, in what functions such as Fn::Sub take too."""
    if isinstance(node, str):
        yield node
    for _, inner in _children(node):
        yield from _texts(inner)


def _wild(text: str) -> bool:
    return ("*" in text or "?" in text) and not _LOG_STREAMS.fullmatch(text)
