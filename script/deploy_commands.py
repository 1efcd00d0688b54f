"""The commands of a deploy, what is read out of their answers, and the two hands that they are given to.

One hand runs them. The other prints them, so that a dry run is the very commands of a real one.
"""

import json
import re
import shlex
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

__all__ = ["PICKS", "ROOT", "TOOLS", "DeployError", "Doing", "Hand", "Telling", "pick"]

ROOT = Path(__file__).parents[1]
LOOKS = 120
"""How often an import is looked at before it is left alone."""
ASK = (
    "mkdir -p ~/alexa-tools && cd ~/alexa-tools && npm init -y && npm pkg set overrides.antlr4ts=0.5.0-alpha.4"
    " && npm install ask-cli@2.30.7"
)
"""What installs an ask-cli that starts: the antlr4ts that it names itself makes it crash, and only an override in a
package.json of one's own can name another, so that `npm install --global` cannot."""
TOOLS = {
    "sam": "run `pipx install aws-sam-cli==1.170.0`",
    "ask": f"run `{ASK}`, put ~/alexa-tools/node_modules/.bin on the PATH and run `ask configure`",
    "curl": "install it with your system's package manager",
}
"""The tools, and how one gets them."""


class DeployError(Exception):
    """What hinders the deploy, in one sentence, with what to do."""


class Unfinished(DeployError):  # noqa: N818 - no error yet
    """Amazon is still busy with an import."""


def _output(name: str) -> Callable[[Any], str]:
    """What finds an output of the stack in what `sam list stack-outputs` answers."""
    return lambda outputs: {output["OutputKey"]: output["OutputValue"] for output in outputs}[name]


def _imported(answer: Any) -> str:  # noqa: ANN401 - SMAPI's JSON
    """The skill of an import that is done.

    Raises:
        Unfinished: it is not done.
        DeployError: Amazon refused it.
    """
    status = str(answer["status"])
    if status.endswith("IN_PROGRESS"):
        raise Unfinished("Amazon is still busy with the import: ask again in a few seconds.")
    if status != "SUCCEEDED":
        errors = [error for part in answer.get("skill", {}).get("resources", ()) for error in part.get("errors", ())]
        reasons = "; ".join(dict.fromkeys(str(error["message"]) for error in errors)) or "it gives no reason"
        raise DeployError(f"Amazon refused the skill package ({status}: {reasons}): correct it and run this again.")
    return str(answer["skill"]["skillId"])


PICKS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "bound-skill": ("SKILL_ID", _output("SkillId")),
    "alias": ("ENDPOINT", _output("AliasArn")),
    "upload-url": ("UPLOAD_URL", lambda answer: str(answer["uploadUrl"])),
    "import-id": ("IMPORT_ID", lambda answer: str(answer["headers"]["location"]).rpartition("/")[2]),
    "imported-skill": ("SKILL_ID", _imported),
}
"""What later commands need of an earlier one's answer: the variable that a dry run puts it into, and what finds it."""


def pick(what: str, answer: str) -> str:
    """Find something of PICKS in what a command answered."""
    try:
        return PICKS[what][1](json.loads(answer))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DeployError(f"The answer holds no {what}: see what the command above says.") from None


def quoted(words: Sequence[str]) -> str:
    """A command as it can be pasted; `$NAME` stands for what an earlier one gave."""
    variables = "|".join({name for name, _ in PICKS.values()})
    return " ".join(f'"{word}"' if re.search(rf"\$({variables})\b", word) else shlex.quote(word) for word in words)


class Hand(ABC):
    """What the commands are given to."""

    @abstractmethod
    def say(self, what: str) -> None:
        """Say what comes next."""

    @abstractmethod
    def run(self, *words: str) -> None:
        """Run a command."""

    @abstractmethod
    def read(self, what: str, *words: str) -> str:
        """Run a command and give what PICKS finds in its answer, again and again while Amazon is busy."""

    @abstractmethod
    def stack(self, *words: str) -> str | None:
        """Run the command that reads a stack; give the skill that it is bound to.

        None where there is no such stack, empty where there is one whose first deploy was never finished.
        """


class Telling(Hand):
    """Prints the commands of a first deploy, and runs none."""

    def say(self, what: str) -> None:
        """Print a comment."""
        print(f"\n# {what}")

    def run(self, *words: str) -> None:
        """Print the command."""
        print(quoted(words))

    def read(self, what: str, *words: str) -> str:
        """Print the command so that its answer is kept; give the variable."""
        variable = PICKS[what][0]
        again = "  # again while Amazon is busy" if what == "imported-skill" else ""
        print(f"{variable}=$({quoted(words)} | script/deploy --pick {what}){again}")
        return f"${variable}"

    def stack(self, *words: str) -> None:
        """Print the command; nothing is known of the stack."""
        self.read("bound-skill", *words)


class Doing(Hand):
    """Runs the commands."""

    def __init__(self, every: float) -> None:
        """Look at an import every so many seconds."""
        self._every = every

    def say(self, what: str) -> None:
        """Say it on standard error."""
        print(f"stay-close: {what}", file=sys.stderr)

    def run(self, *words: str) -> None:
        """Run the command, with its output to be seen."""
        done = self._do(words, stdout=sys.stderr)
        if done.returncode:
            raise DeployError(_reason(words, ""))

    def read(self, what: str, *words: str) -> str:
        """Run the command; pick from its answer."""
        for _ in range(LOOKS):
            done = self._do(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if done.returncode:
                sys.stderr.write(done.stderr)
                raise DeployError(_reason(words, done.stderr))
            try:
                return pick(what, done.stdout)
            except Unfinished:
                time.sleep(self._every)
            except DeployError:
                sys.stderr.write(done.stdout)
                raise
        raise DeployError(f"Amazon is busy with the import for too long: look at it with `{quoted(words)}`.")

    def stack(self, *words: str) -> str | None:
        """Read the stack."""
        try:
            return self.read("bound-skill", *words)
        except DeployError as error:
            if "does not exist on Cloudformation" in str(error):
                return None
            if "Outputs do not exist" in str(error):
                return ""
            raise

    @staticmethod
    def _do(words: Sequence[str], **streams: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - subprocess's own
        print(f"+ {quoted(words)}", file=sys.stderr, flush=True)
        try:
            return subprocess.run(words, cwd=ROOT, text=True, check=False, **streams)
        except OSError as error:
            raise DeployError(f"{words[0]} cannot be run: {error.strerror}.") from None


def _reason(words: Sequence[str], complaint: str) -> str:
    """Why a command failed, from what it wrote on standard error."""
    if words[0] == "ask" and "Class extends value undefined" in complaint:
        return f"This ask-cli crashes at its start, for want of antlr4ts 0.5.0-alpha.4: remove it, then {TOOLS['ask']}."
    if words[0] == "ask" and "cli_config not exists" in complaint:
        return "ask is not connected to an Amazon developer account: run `ask configure`, then run this again."
    told = re.findall(r'^(?:Error: |\s*"message": ")(.+?)"?,?$', complaint, re.MULTILINE)
    reason = told[-1].rstrip(".") if told else "see above"
    command = " ".join(takewhile(lambda word: not word.startswith("-"), words))
    return f"`{command}` failed ({reason}): set that right and run this again."
