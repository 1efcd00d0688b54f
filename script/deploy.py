"""Puts the skill and its function online, in the order in which Amazon's own tool does it.

The function may be called for one skill alone, so the skill comes first: it is made without an endpoint, which gives it
an id. Then the function is deployed, bound to that id, and then the skill is told where the function is. A later run
finds the id in the outputs of the stack, makes no other skill, and changes only what is different.

`script/deploy` runs it; see --help. It needs Python alone: sam, ask and curl do the work.
"""

import argparse
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence

from script.deploy_commands import PICKS, ROOT, TOOLS, DeployError, Doing, Hand, Telling, pick

PACKAGE = "build/skill-package"
ARCHIVE = "build/skill-package.zip"


def deploy(chosen: argparse.Namespace, hand: Hand) -> str:
    """Run every step; give the skill's id."""
    stack = ["--stack-name", chosen.stack, *(["--region", chosen.region] if chosen.region else [])]
    outputs = ["sam", "list", "stack-outputs", *stack, "--output", "json"]
    parameters = [f"AlarmEmail={chosen.alarm_email}"] if chosen.alarm_email else []

    hand.say("Build the function's archive and the skill package.")
    hand.run("script/build")
    hand.say("Find the skill that the function is bound to, where it was deployed before.")
    skill = hand.stack(*outputs)
    if skill and chosen.skill_id not in {None, skill}:
        raise DeployError(
            f"The stack {chosen.stack} is bound to {skill}: leave --skill-id out, or choose another --stack."
        )
    if skill == "" and chosen.skill_id is None:
        raise DeployError(
            f"The first deploy of the stack {chosen.stack} was never finished: remove it with `sam delete`, then run"
            " this again with --skill-id and the skill that was made for it."
        )
    skill, made = skill or chosen.skill_id, False
    if skill is None:
        hand.say("Only where there is no such stack yet: make the skill, which gives it an id.")
        skill, made = _import_package(hand, "create-skill-package"), True
    hand.say(f"Deploy the function, bound to the skill {skill}.")
    try:
        hand.run(
            "sam", "deploy", "--template-file", "template.yaml", *stack, "--resolve-s3",
            "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset",
            "--no-progressbar", "--parameter-overrides", f"SkillId={skill}", *parameters,
        )  # fmt: skip
    except DeployError as error:
        again = f" The skill {skill} is made: give it with --skill-id, or another one is." if made else ""
        raise DeployError(f"{error}{again}") from None
    hand.say("Tell the skill where its function is.")
    endpoint = hand.read("alias", *outputs)
    hand.run(".venv/bin/stay-close", "package", "--out", PACKAGE, "--endpoint", endpoint)
    return _import_package(hand, "import-skill-package", "--skill-id", skill)


def _import_package(hand: Hand, *operation: str) -> str:
    """Give Amazon the skill package, with an operation of `ask smapi`, and wait; give the skill's id."""
    hand.run(".venv/bin/python", "-m", "zipfile", "-c", ARCHIVE, f"{PACKAGE}/.")
    url = hand.read("upload-url", "ask", "smapi", "create-upload-url")
    hand.run("curl", "--fail", "--silent", "--show-error", "--upload-file", ARCHIVE, url)
    number = hand.read("import-id", "ask", "smapi", *operation, "--location", url, "--full-response")
    return hand.read("imported-skill", "ask", "smapi", "get-import-status", "--import-id", number)


def _like(pattern: str, example: str) -> Callable[[str], str]:
    """A type of an option: text that matches the pattern."""

    def checked(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise argparse.ArgumentTypeError(f"{text!r} does not look like {example}")
        return text

    return checked


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy, or print the commands; give the exit code."""
    parser = argparse.ArgumentParser(prog="script/deploy", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--dry-run", action="store_true", help="print every command of a first deploy, and run none")
    parser.add_argument(
        "--skill-id",
        type=_like(r"amzn1\.ask\.skill\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "amzn1.ask.skill. and a UUID"),
        help="a skill that is there already; without it, the first deploy makes one",
    )
    parser.add_argument(
        "--stack",
        default="stay-close",
        type=_like(r"[A-Za-z][A-Za-z0-9-]{0,127}", "stay-close"),
        help="the CloudFormation stack (stay-close)",
    )
    parser.add_argument("--region", type=_like(r"[a-z0-9-]+", "us-east-1"), help="the AWS region (as AWS is set up)")
    parser.add_argument(
        "--alarm-email",
        type=_like(r"[\w.+-]+@[\w.-]+", "name@example.org"),
        help="where alarms are sent (as it was; at first, nowhere)",
    )
    parser.add_argument("--every", type=float, default=5, help="seconds between two looks at an import (5)")
    parser.add_argument("--pick", choices=PICKS, help=argparse.SUPPRESS)  # for the lines of a dry run
    chosen = parser.parse_args(arguments)
    try:
        if chosen.pick:
            print(pick(chosen.pick, sys.stdin.read()))
        elif chosen.dry_run:
            print(f"cd {shlex.quote(str(ROOT))}")
            deploy(chosen, Telling())
        else:
            for tool, remedy in TOOLS.items():
                if shutil.which(tool) is None:
                    raise DeployError(f"{tool} is missing: {remedy}, then run this again.")
            print(_next(deploy(chosen, Doing(chosen.every)), chosen.alarm_email))
    except DeployError as error:
        print(f"stay-close: {error}", file=sys.stderr)
        return 1
    return 0


def _next(skill: str, email: str | None) -> str:
    """What a person does after a deploy."""
    mail = f"Confirm the mail that AWS sends to {email}, or no alarm arrives.\n" if email else ""
    return (
        f"The skill {skill} is online in its development stage.\n{mail}"
        "Try it on a device of your Amazon account, or at https://developer.amazon.com/alexa/console/ask under Test.\n"
        "When its words are signed off, and its privacy page is public: "
        f"ask smapi submit-skill-for-certification --skill-id {skill}"
    )


if __name__ == "__main__":
    sys.exit(main())
