"""A deploy, in a checkout of its own with stand-ins for the tools that need Amazon.

The stand-ins answer as aws-sam-cli 1.170.0 and ask-cli 2.30.7 were seen to answer, and note what they are told.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engines import ROOT

SKILL = "amzn1.ask.skill.11111111-2222-3333-4444-555555555555"
OTHER = "amzn1.ask.skill.99999999-2222-3333-4444-555555555555"
ALIAS = "arn:aws:lambda:us-east-1:123456789012:function:stay-close-Skill-x:live"
URL = "https://uploads.example.org/package?signature=a&expires=1"
NUMBER = "amzn1.ask-package.import.12345"
CRASH = """/home/a/node_modules/src/tree/xpath/XPathLexer.ts:18
TypeError: Class extends value undefined is not a constructor or null
"""

STAND_IN = f"""#!{sys.executable}
import json, os, pathlib, re, sys

world = pathlib.Path(os.environ["WORLD"])
name = pathlib.Path(sys.argv[0]).name
told = [{{"build": "script/build", "stay-close": ".venv/bin/stay-close"}}.get(name, name), *sys.argv[1:]]
with open(world / "told", "a") as file:
    file.write(json.dumps(told) + "\\n")
line = " ".join(told)


def fail(complaint):
    sys.exit(complaint)


trouble = json.loads((world / "trouble").read_text()) if (world / "trouble").exists() else ["no trouble", ""]
if trouble[0] in line:
    fail(trouble[1])
stack = world / "stack"
if line.startswith("script/build"):
    package = pathlib.Path("build/skill-package/interactionModels/custom")
    package.mkdir(parents=True, exist_ok=True)
    (package / "en-US.json").write_text("{{}}")
    (package.parents[1] / "skill.json").write_text("without an endpoint")
elif line.startswith(".venv/bin/stay-close package"):
    pathlib.Path("build/skill-package/skill.json").write_text(told[-1])
elif line.startswith("sam deploy"):
    stack.write_text(re.search("SkillId=(\\\\S+)", line)[1])
elif line.startswith("sam list stack-outputs"):
    if not stack.exists():
        fail("Error: The input stack stay-close does not exist on Cloudformation in the region us-east-1")
    if not stack.read_text():
        fail("Error: Outputs do not exist for the input stack stay-close on Cloudformation in the region us-east-1")
    outputs = {{"SkillId": stack.read_text(), "AliasArn": "{ALIAS}"}}
    print(json.dumps([{{"OutputKey": key, "OutputValue": outputs[key], "Description": ""}} for key in outputs]))
elif line == "ask smapi create-upload-url":
    print(json.dumps({{"uploadUrl": "{URL}", "expiresAt": "2026-11-28T20:00:00Z"}}))
elif "skill-package" in line and line.startswith("ask"):
    print(json.dumps({{"body": {{}}, "headers": {{"location": "/v1/skills/imports/{NUMBER}"}}, "statusCode": 202}}))
elif line.startswith("ask smapi get-import-status"):
    waits = world / "busy"
    left = int(waits.read_text()) if waits.exists() else 0
    waits.write_text(str(left - 1))
    status = "IN_PROGRESS" if left > 0 else "FAILED" if (world / "refused").exists() else "SUCCEEDED"
    errors = [{{"code": "INVALID", "message": "the summary is too long"}}] if status == "FAILED" else []
    resources = [{{"name": "Manifest", "status": status, "errors": errors}}]
    print(json.dumps({{"status": status, "skill": {{"skillId": "{SKILL}", "resources": resources}}}}))
"""


@dataclass(frozen=True)
class Checkout:
    """A checkout with the deploy command alone, and the world outside it."""

    folder: Path
    world: Path
    tools: Path

    def call(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.tools), "WORLD": str(self.world), "HOME": str(self.world)}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    def deploy(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self.call("script/deploy", "--every", "0", *options)

    def told(self) -> list[list[str]]:
        """What the stand-ins were told since the last time."""
        notes = self.world / "told"
        lines = [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
        notes.unlink(missing_ok=True)
        return lines

    def trouble(self, command: str, complaint: str = "") -> None:
        """Let a command fail, with what it says on standard error."""
        (self.world / "trouble").write_text(json.dumps([command, complaint]))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path / "check out", tmp_path / "world", tmp_path / "tools")
    for folder in (made.folder / "script", made.folder / ".venv" / "bin", made.world, made.tools):
        folder.mkdir(parents=True)
    for name in ("deploy", "deploy.py", "deploy_commands.py"):
        shutil.copy(ROOT / "script" / name, made.folder / "script" / name)
    for name in ("bash", "env", "dirname"):
        (made.tools / name).symlink_to(str(shutil.which(name)))
    for python in (made.tools / "python3", made.folder / ".venv" / "bin" / "python"):
        python.symlink_to(sys.executable)
    for stand_in in (
        *(made.tools / name for name in ("sam", "ask", "curl")),
        made.folder / "script" / "build",
        made.folder / ".venv" / "bin" / "stay-close",
    ):
        stand_in.write_text(STAND_IN)
        stand_in.chmod(0o755)
    return made


FIRST = f"""
script/build
sam list stack-outputs --stack-name stay-close --output json
ask smapi create-upload-url
curl --fail --silent --show-error --upload-file build/skill-package.zip '{URL}'
ask smapi create-skill-package --location '{URL}' --full-response
ask smapi get-import-status --import-id {NUMBER}
sam deploy --template-file template.yaml --stack-name stay-close --resolve-s3 --capabilities CAPABILITY_IAM \
 --no-confirm-changeset --no-fail-on-empty-changeset --no-progressbar --parameter-overrides SkillId={SKILL}
sam list stack-outputs --stack-name stay-close --output json
.venv/bin/stay-close package --out build/skill-package --endpoint {ALIAS}
ask smapi create-upload-url
curl --fail --silent --show-error --upload-file build/skill-package.zip '{URL}'
ask smapi import-skill-package --skill-id {SKILL} --location '{URL}' --full-response
ask smapi get-import-status --import-id {NUMBER}
"""
FIRST_DEPLOY = [shlex.split(line) for line in FIRST.strip().splitlines()]
LATER_DEPLOY = [*FIRST_DEPLOY[:2], *FIRST_DEPLOY[6:]]
"""Without what makes the skill."""


def test_the_first_deploy_makes_the_skill_then_the_function_then_tells_the_skill_of_it(checkout: Checkout) -> None:
    done = checkout.deploy()
    assert done.returncode == 0, done.stderr
    assert checkout.told() == FIRST_DEPLOY
    assert SKILL in done.stdout
    with zipfile.ZipFile(checkout.folder / "build" / "skill-package.zip") as package:
        assert {name for name in package.namelist() if not name.endswith("/")} == {
            "skill.json",
            "interactionModels/custom/en-US.json",
        }
        assert package.read("skill.json").decode() == ALIAS


def test_a_second_deploy_makes_no_other_skill(checkout: Checkout) -> None:
    checkout.deploy()
    checkout.told()
    done = checkout.deploy()
    assert done.returncode == 0, done.stderr
    assert checkout.told() == LATER_DEPLOY


def test_a_skill_that_is_there_already_is_taken(checkout: Checkout) -> None:
    assert checkout.deploy("--skill-id", SKILL).returncode == 0
    assert checkout.told() == LATER_DEPLOY


def test_a_dry_run_is_the_first_deploy_to_the_word_and_runs_nothing_and_needs_nothing(checkout: Checkout) -> None:
    for tool in ("sam", "ask", "curl"):
        (checkout.tools / tool).rename(checkout.tools / f"later-{tool}")
    dry = checkout.deploy("--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert checkout.told() == []
    assert not (checkout.folder / "build").exists()
    for tool in ("sam", "ask", "curl"):
        (checkout.tools / f"later-{tool}").rename(checkout.tools / tool)
    # Pasted into a shell it does what a real run does.
    pasted = checkout.call("bash", "-c", dry.stdout)
    assert pasted.returncode == 0, pasted.stderr
    assert checkout.told() == FIRST_DEPLOY
    with zipfile.ZipFile(checkout.folder / "build" / "skill-package.zip") as package:
        assert package.read("skill.json").decode() == ALIAS


def test_a_dry_run_with_a_skill_is_the_later_deploy_to_the_word(checkout: Checkout) -> None:
    dry = checkout.deploy("--dry-run", "--skill-id", SKILL)
    checkout.call("bash", "-c", dry.stdout)
    assert checkout.told() == LATER_DEPLOY


def test_the_options_go_to_every_command_that_takes_them(checkout: Checkout) -> None:
    done = checkout.deploy("--stack", "other", "--region", "eu-west-1", "--alarm-email", "a.b+c@example.org")
    assert done.returncode == 0, done.stderr
    sam = [" ".join(told) for told in checkout.told() if told[0] == "sam"]
    assert len(sam) == 3
    assert all("--stack-name other --region eu-west-1" in told for told in sam)
    assert sam[1].endswith(f"--parameter-overrides SkillId={SKILL} AlarmEmail=a.b+c@example.org")
    assert "a.b+c@example.org" in done.stdout


def test_amazon_is_asked_again_while_it_is_busy(checkout: Checkout) -> None:
    (checkout.world / "busy").write_text("3")
    assert checkout.deploy("--skill-id", SKILL).returncode == 0
    assert [told[2] for told in checkout.told() if told[0] == "ask"].count("get-import-status") == 4


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence that a deploy ends with when it fails."""
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr.rstrip().rpartition("\n")[2].removeprefix("stay-close: ")


@pytest.mark.parametrize(
    ("command", "said", "told"),
    [
        ("script/build", "", "`script/build` failed (see above): set that right and run this again."),
        (
            "sam list",
            "Botocore Exception : Unable to locate credentials\nError: Unable to locate credentials",
            "`sam list stack-outputs` failed (Unable to locate credentials): set that right and run this again.",
        ),
        (
            "create-upload-url",
            '[Error]: {\n  "message": "Call to service failed: 401.",\n  "stack": "Error: Call"\n}',
            "`ask smapi create-upload-url` failed (Call to service failed: 401): set that right and run this again.",
        ),
        ("create-upload-url", CRASH, "npm pkg set overrides.antlr4ts=0.5.0-alpha.4 && npm install ask-cli@2.30.7"),
        (
            "create-upload-url",
            '[Error]: {\n  "message": "File /home/a/.ask/cli_config not exists.",\n  "stack": ""\n}',
            "ask is not connected to an Amazon developer account: run `ask configure`, then run this again.",
        ),
        ("curl", "curl: (22) 403", "`curl` failed (see above): set that right and run this again."),
        ("create-skill-package", "", "`ask smapi create-skill-package` failed (see above)"),
        ("get-import-status", "", "`ask smapi get-import-status` failed (see above)"),
        (
            "sam deploy",
            "Error: no",
            f"run this again. The skill {SKILL} is made: give it with --skill-id, or another one is.",
        ),
        (
            "stay-close package",
            "",
            "`.venv/bin/stay-close package` failed (see above): set that right and run this again.",
        ),
        ("import-skill-package", "", "`ask smapi import-skill-package` failed (see above)"),
    ],
)
def test_a_step_that_fails_ends_the_deploy_with_one_sentence(
    command: str, said: str, told: str, checkout: Checkout
) -> None:
    checkout.trouble(command, said)
    done = checkout.deploy()
    assert told in complaint(done)
    assert said in done.stderr
    assert command in " ".join(checkout.told()[-1])


def test_a_failed_deploy_is_taken_up_again(checkout: Checkout) -> None:
    checkout.trouble("import-skill-package")
    assert checkout.deploy().returncode == 1
    (checkout.world / "trouble").unlink()
    checkout.told()
    assert checkout.deploy().returncode == 0
    assert checkout.told() == LATER_DEPLOY


def test_a_package_that_amazon_refuses_is_refused_with_its_reason(checkout: Checkout) -> None:
    (checkout.world / "refused").touch()
    told = "Amazon refused the skill package (FAILED: the summary is too long): correct it and run this again."
    assert complaint(checkout.deploy()) == told


def test_an_answer_that_holds_something_else_is_shown(checkout: Checkout) -> None:
    (checkout.tools / "ask").write_text("#!/usr/bin/env bash\necho 'A new version of ask-cli is there!'\n")
    done = checkout.deploy()
    assert complaint(done) == "The answer holds no upload-url: see what the command above says."
    assert "A new version" in done.stderr


def test_a_stack_of_another_skill_is_left_alone(checkout: Checkout) -> None:
    (checkout.world / "stack").write_text(OTHER)
    assert complaint(checkout.deploy("--skill-id", SKILL)) == (
        f"The stack stay-close is bound to {OTHER}: leave --skill-id out, or choose another --stack."
    )
    assert not any(told[:2] == ["sam", "deploy"] for told in checkout.told())


def test_a_stack_that_was_never_finished_makes_no_second_skill(checkout: Checkout) -> None:
    (checkout.world / "stack").touch()
    assert "was never finished" in complaint(checkout.deploy())
    assert not any("create-skill-package" in told for told in checkout.told())
    assert checkout.deploy("--skill-id", SKILL).returncode == 0


@pytest.mark.parametrize(
    ("tool", "remedy"),
    [("sam", "pipx install aws-sam-cli"), ("ask", "overrides.antlr4ts"), ("curl", "package manager")],
)
def test_a_tool_that_is_missing_is_told_before_anything_is_done(tool: str, remedy: str, checkout: Checkout) -> None:
    (checkout.tools / tool).unlink()
    told = complaint(checkout.deploy())
    assert told.startswith(f"{tool} is missing: ")
    assert remedy in told
    assert checkout.told() == []


@pytest.mark.parametrize(
    "option",
    [
        ("--skill-id", "amzn1.ask.skill.mine"),
        ("--stack", "my stack"),
        ("--region", "us east"),
        ("--alarm-email", "$HOME"),
    ],
)
def test_an_option_that_no_command_would_take_is_refused(option: tuple[str, str], checkout: Checkout) -> None:
    done = checkout.deploy(*option)
    assert done.returncode == 2
    assert "does not look like" in done.stderr


def test_the_parameters_that_are_given_are_the_template_s() -> None:
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    given = set(re.findall(r'f"(\w+)=\{', (ROOT / "script" / "deploy.py").read_text(encoding="utf-8")))
    parameters = template.partition("\nParameters:\n")[2].partition("\n\n")[0]
    assert given == set(re.findall(r"^  (\w+):$", parameters, re.MULTILINE))
    outputs = template.partition("\nOutputs:\n")[2]
    read = re.findall(r'_output\("(\w+)"\)', (ROOT / "script" / "deploy_commands.py").read_text(encoding="utf-8"))
    assert set(read) <= set(re.findall(r"^  (\w+):$", outputs, re.MULTILINE))
