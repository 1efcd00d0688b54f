"""The template allows what the code does and nothing else, says what is watched, and keeps what must not be lost."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from skill.journal.dynamodb import TABLE
from tests.conftest import BIN
from tests.engines import ROOT

TEMPLATE = (ROOT / "template.yaml").read_text(encoding="utf-8")
LOADED: dict[str, Any] = YAML(typ="rt").load(TEMPLATE)
RESOURCES: dict[str, Any] = LOADED["Resources"]
SKILL: dict[str, Any] = RESOURCES["Skill"]["Properties"]
ALARMS: dict[str, Any] = {
    name: resource["Properties"] for name, resource in RESOURCES.items() if resource["Type"] == "AWS::CloudWatch::Alarm"
}
METRICS = {"Turns", "Latency", "Danger", "Spills", "Faults"}
"""What the function counts, in the namespace StayClose."""

# What is replaced in the template, by what, and our rule that finds it; none where that is right.
PLANTED = {
    "a snapshot of an old Python": ("Runtime: python3.13", "Runtime: python3.11", "E9001"),
    "a snapshot of the oldest Python that is allowed": ("Runtime: python3.13", "Runtime: python3.12", None),
    "an old Python without a snapshot": (
        "\nOutputs:",
        """
  Other:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      CodeUri: build/other.zip
      Handler: other.handler
      Role: !GetAtt SkillRole.Arn

Outputs:""",
        None,
    ),
    "an event of any skill": ("            SkillId: !Ref SkillId\n", "            {}\n", "E9002"),
    "every action of a service": ("- dynamodb:Query", "- dynamodb:*", "E9003"),
    "some actions of a service": ("- dynamodb:Query", "- dynamodb:Get*", "E9003"),
    "every table": ("Resource: !GetAtt Journal.Arn", 'Resource: "*"', "E9003"),
    "every table of a name": (
        "Resource: !GetAtt Journal.Arn",
        "Resource: [!GetAtt Journal.Arn, !Sub 'arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Journal}?']",
        "E9003",
    ),
    "all actions but one": (
        "Action: secretsmanager:GetSecretValue",
        "NotAction: secretsmanager:PutSecretValue",
        "E9003",
    ),
    "every log group": (
        "Resource: !GetAtt SkillLog.Arn",
        "Resource: !Sub arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:*",
        "E9003",
    ),
    "the streams of one log group": (
        "Resource: !GetAtt SkillLog.Arn",
        "Resource: !Sub arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${SkillLog}:*",
        None,
    ),
    "a managed policy of the role": (
        "      Description: What the function",
        "      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]\n      Description: What the function",
        "E9003",
    ),
    "a managed policy of the function": ("Role: !GetAtt SkillRole.Arn", "Policies: [AdministratorAccess]", "E9003"),
    "a table that goes with the stack": (
        "Table\n    DeletionPolicy: Retain",
        "Table\n    DeletionPolicy: Delete",
        "E9004",
    ),
    "a table that goes when replaced": (
        "Table\n    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain",
        "Table\n    DeletionPolicy: Retain\n    UpdateReplacePolicy: Snapshot",
        "E9004",
    ),
    "a table that a slip deletes": ("DeletionProtectionEnabled: true", "DeletionProtectionEnabled: false", "E9004"),
    "a secret that goes with the stack": (
        "Secret\n    DeletionPolicy: Retain",
        "Secret\n    DeletionPolicy: Delete",
        "E9005",
    ),
    "a permission for any skill": (
        "\nOutputs:",
        """
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Skill
      Principal: alexa-appkit.amazon.com

Outputs:""",
        "E9002",
    ),
    "a permission for one skill": (
        "\nOutputs:",
        """
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Skill
      Principal: alexa-appkit.amazon.com
      EventSourceToken: !Ref SkillId

Outputs:""",
        None,
    ),
}


def lint(*templates: Path) -> dict[str, set[str]]:
    """What cfn-lint finds when it is called as script/check calls it, by the template's name: ids of its rules."""
    done = subprocess.run(
        [BIN / "cfn-lint", "--format", "json", *templates], cwd=ROOT, capture_output=True, text=True, check=False
    )
    found: dict[str, set[str]] = {template.stem: set() for template in templates}
    for match in json.loads(done.stdout):
        found[Path(match["Filename"]).stem].add(match["Rule"]["Id"])
    return found


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    folder = tmp_path_factory.mktemp("planted")
    for name, (before, by, _) in PLANTED.items():
        assert TEMPLATE.count(before) == 1, f"{name}: {before!r} is not there once any more"
        (folder / f"{name}.yaml").write_text(TEMPLATE.replace(before, by), encoding="utf-8")
    return lint(*folder.iterdir())


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found_and_what_is_right_is_left_alone(name: str, faults: dict[str, set[str]]) -> None:
    rule = PLANTED[name][2]
    # A template that cannot be read has an error of E0, and its rules are not run.
    ours = {found for found in faults[name] if found.startswith(("E0", "E9"))}
    assert ours == ({rule} if rule else set())


def test_the_template_is_clean() -> None:
    assert lint(ROOT / "template.yaml") == {"template": set()}


def actions(policy: str) -> Any:
    """What the function's role allows under this name: the actions, and the resource as it is written."""
    (found,) = (one for one in RESOURCES["SkillRole"]["Properties"]["Policies"] if one["PolicyName"] == policy)
    (statement,) = found["PolicyDocument"]["Statement"]
    return statement["Action"], statement["Resource"].value


def test_the_function_may_do_what_its_store_does_and_no_more() -> None:
    # Making the table and reading all of it are for whoever runs the skill.
    code = (ROOT / "skill" / "journal" / "dynamodb.py").read_text(encoding="utf-8")
    called = set(re.findall(r'(?:self\._(?:ask|call)\(|return)\s*"(\w+)"', code)) - {
        "CreateTable",
        "DescribeTable",
        "Scan",
    }
    allowed, where = actions("journal")
    assert set(allowed) == {f"dynamodb:{operation}" for operation in called}
    assert where == "Journal.Arn"
    assert SKILL["Role"].value == "SkillRole.Arn"


def test_the_function_may_read_its_key_write_its_log_and_nothing_else() -> None:
    assert actions("hashing-key") == ("secretsmanager:GetSecretValue", "HashingKey")
    assert actions("log") == (["logs:CreateLogStream", "logs:PutLogEvents"], "SkillLog.Arn")
    names = [policy["PolicyName"] for policy in RESOURCES["SkillRole"]["Properties"]["Policies"]]
    assert names == ["journal", "hashing-key", "log"]
    settings = SKILL["Environment"]["Variables"]
    assert {name: value.value for name, value in settings.items()} == {
        "STAY_CLOSE_JOURNAL": "dynamodb://${Journal}",
        "STAY_CLOSE_KEY_SECRET": "HashingKey",
        "STAY_CLOSE_SKILL_ID": "SkillId",
    }


def test_the_table_is_the_one_that_the_store_makes_and_expires() -> None:
    declared = RESOURCES["Journal"]["Properties"]
    assert {name: declared[name] for name in TABLE} == TABLE
    assert declared["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}


def test_the_hashing_key_is_strong_and_never_made_anew() -> None:
    # Any other value makes CloudFormation replace the key at the next deploy, and every journal is lost.
    assert RESOURCES["HashingKey"]["Properties"]["GenerateSecretString"] == {
        "PasswordLength": 64,
        "ExcludePunctuation": True,
    }


def test_the_log_takes_what_has_no_level() -> None:
    # Metrics and spilled entries are lines of JSON without one, which Lambda takes for INFO.
    assert SKILL["LoggingConfig"]["ApplicationLogLevel"] in {"TRACE", "DEBUG", "INFO"}


def test_the_alias_that_alexa_calls_follows_every_change() -> None:
    assert SKILL["AutoPublishAlias"] == "live"
    assert SKILL["AutoPublishAliasAllProperties"] is True
    assert LOADED["Outputs"]["AliasArn"]["Value"].value == "Skill.Alias"


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_is_quiet_without_data_tells_somebody_and_where_to_read_on(name: str) -> None:
    alarm = ALARMS[name]
    assert alarm["TreatMissingData"] == "notBreaching"
    assert "AlarmTopic" in repr(alarm["AlarmActions"])
    assert re.search(r": docs/operations\.md#[a-z-]+$", alarm["AlarmDescription"])
    if alarm["Namespace"] == "StayClose":
        assert alarm["MetricName"] in METRICS
        assert [dimension["Name"] for dimension in alarm["Dimensions"]] == ["Function"]


def test_what_an_alarm_says_to_read_is_there() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", operations, re.MULTILINE)
    anchors = {re.sub(r"[^\w-]", "", heading.strip().lower().replace(" ", "-")) for heading in headings}
    named = {alarm["AlarmDescription"].rpartition("#")[2] for alarm in ALARMS.values()}
    assert named == {"errors", "faults", "slow", "spills", "throttles", "table-throttles"}
    assert named <= anchors


def test_a_version_that_fails_goes_back() -> None:
    back = {alarm.value for alarm in SKILL["DeploymentPreference"]["Alarms"]}
    assert back == {"ErrorsAlarm", "FaultsAlarm"}
    # A deployment must last long enough for the alarms to be heard.
    minutes = int(re.fullmatch(r"Canary\d+Percent(\d+)Minutes", SKILL["DeploymentPreference"]["Type"])[1])  # type: ignore[index]
    assert all(ALARMS[name]["Period"] * ALARMS[name]["EvaluationPeriods"] < minutes * 60 / 2 for name in back)


def test_the_dashboard_shows_every_metric_and_every_alarm() -> None:
    body = re.sub(r"\$\{(?!!)[\w:]+\}", "x", RESOURCES["Dashboard"]["Properties"]["DashboardBody"].value)
    shown = set(strings(json.loads(body)))
    assert shown >= METRICS | {alarm["MetricName"] for alarm in ALARMS.values()} | {"p50", "p95", "p99"}
    assert any("{StayClose,Function,Group}" in text for text in shown)


def strings(node: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(node, str):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from strings(inner)


@pytest.mark.parametrize("name", RESOURCES)
def test_every_resource_says_whose_it_is(name: str) -> None:
    tags = RESOURCES[name]["Properties"]["Tags"]
    assert tags in ({"project": "stay-close"}, [{"Key": "project", "Value": "stay-close"}])
