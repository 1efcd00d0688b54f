"""`stay-close`: the command."""

import argparse
import io
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from skill import __version__
from skill.channels import terminal
from skill.errors import StayCloseError
from skill.house import House, open_house
from skill.journal.commands import add_journal, spill_path
from skill.reader import Reading, load_reader
from skill.words import load

__all__ = ["main"]

EPHEMERAL = {"STAY_CLOSE_JOURNAL": "sqlite::memory:", "STAY_CLOSE_KEY": "nothing is kept here"}
"""The settings of a journal that is gone with its process."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; give its exit code."""
    logging.basicConfig(level=logging.WARNING, format="stay-close: %(message)s", stream=sys.stderr)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            # Whatever bytes a pipe brings, a line is a turn.
            stream.reconfigure(encoding="utf-8", errors="replace")
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except StayCloseError as error:
        sys.stderr.write(f"stay-close: {error}\n")
        return 1
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"stay-close: {error.name} is not installed: run `script/setup dev`,"
            f" or install stay-close[{'web' if chosen.run is _serve else 'authoring'}].\n"
        )
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read along has gone; Python's own complaint at exit would be noise.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        sys.stderr.write(f"stay-close: {error.filename}: {error.strerror}.\n")
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stay-close",
        description="Say what is happening; hear the next thing to do and one sentence to say to the child.",
    )
    parser.add_argument("--version", action="version", version=f"stay-close {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    talk = commands.add_parser("talk", help="hold a conversation; from a pipe, a line a turn")
    say = commands.add_parser("say", help="answer one sentence")
    say.add_argument("sentence", nargs="+", help="what is happening")
    for command, run in ((talk, _talk), (say, _say)):
        command.add_argument("--json", action="store_true", help="one JSON object a turn")
        command.add_argument("--voice", action="store_true", help="speak with espeak-ng")
        command.add_argument(
            "--locale", default="en-US", help="language and country, which decides the numbers (en-US)"
        )
        command.add_argument("--ephemeral", action="store_true", help="begin with an empty journal, and throw it away")
        command.set_defaults(run=run)

    read = commands.add_parser(
        "read", help="show what is understood; without a sentence, of each line of standard input"
    )
    read.add_argument("sentence", nargs="*")
    read.add_argument("--json", action="store_true", help="one JSON object a sentence")
    read.set_defaults(run=_read)

    add_journal(commands)
    _serve_command(commands.add_parser)

    _authoring_commands(commands.add_parser)
    return parser


def _serve_command(add: Callable[..., argparse.ArgumentParser]) -> None:
    serve = add("serve", help="serve the pages for a browser, and Alexa on a server of one's own")
    serve.add_argument("--host", default="127.0.0.1", help="listen at this address (%(default)s, this machine alone)")
    serve.add_argument("--port", type=int, default=8300, help="on this port (%(default)s); 0 for one that is free")
    serve.add_argument("--proxies", type=int, default=0, metavar="N", help="how many reverse proxies stand before it")
    serve.add_argument("--certificate", default="", metavar="FILE", help="a TLS certificate with its chain")
    serve.add_argument("--certificate-key", default="", metavar="FILE", help="the certificate's key")
    serve.add_argument("--locale", default="en-US", help="language and country where a browser names none (en-US)")
    serve.add_argument("--workers", type=int, default=2, help="processes that answer (%(default)s)")
    serve.add_argument("--ephemeral", action="store_true", help="begin with an empty journal, and throw it away")
    serve.set_defaults(run=_serve)


def _authoring_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """The commands for people who write words."""
    check = add("check", help="find every fault in the content")
    check.add_argument("--stale", action="store_true", help="also find generated files that are not up to date")
    check.set_defaults(run=_authoring, command="check")
    words = add("words", help="make the page of all words, for a reviewer")
    words.add_argument("--out", type=Path, default=Path("words.html"), help="write it here (words.html)")
    words.add_argument("--country", default="US", help="whose numbers are shown (US)")
    words.set_defaults(run=_authoring, command="words")
    build = add("build", help="compile the words, train the reader, build what Alexa listens for")
    build.set_defaults(run=_authoring, command="build")
    package = add("package", help="lay out the whole skill package, as Amazon takes it")
    package.add_argument("--out", type=Path, default=Path("build/skill-package"), help="in this folder (%(default)s)")
    package.add_argument("--endpoint", metavar="ARN", help="the Lambda function or alias that answers")
    package.set_defaults(run=_authoring, command="package")
    clusters = add("clusters", help="make the clusters of words anew, with a sentence encoder")
    clusters.set_defaults(run=_authoring, command="clusters")
    train = add("train", help="train the reader from the heard sentences")
    train.add_argument("--out", type=Path, help="write it here, in place of the shipped one")
    train.set_defaults(run=_authoring, command="train")
    evaluate = add("evaluate", help="measure the reader on labelled sentences")
    evaluate.add_argument("file", nargs="?", type=Path, help="JSON lines with text and label (the development set)")
    evaluate.add_argument("--reader", type=Path, help="a trained reader, in place of the shipped one")
    evaluate.add_argument("--compare", type=Path, metavar="OTHER", help="pair it with another trained reader")
    evaluate.add_argument(
        "--held-out", action="store_true", help="on the heard sentences, by readers that have not met their writers"
    )
    evaluate.add_argument("--wrong", action="store_true", help="show each sentence that went wrong, the worst first")
    evaluate.add_argument("--confusions", type=Path, metavar="PNG", help="draw what each label was read as")
    evaluate.add_argument("--reliability", type=Path, metavar="PNG", help="draw how right it is, by how sure it is")
    evaluate.add_argument("--curve", type=Path, metavar="PNG", help="draw what more writers and sentences bring")
    evaluate.set_defaults(run=_authoring, command="evaluate")


# The conversation


def _house(chosen: argparse.Namespace) -> House:
    if chosen.ephemeral:
        return open_house(EPHEMERAL)
    return open_house(os.environ, spill=spill_path(os.environ))


def _visitor(chosen: argparse.Namespace) -> terminal.Visitor:
    house = _house(chosen)
    return terminal.Visitor(house.exchange, house.key, chosen.locale)


def _talk(chosen: argparse.Namespace) -> int:
    terminal.talk(_visitor(chosen), sys.stdin, sys.stdout, as_lines=chosen.json, voice=chosen.voice)
    return 0


def _say(chosen: argparse.Namespace) -> int:
    sentence = " ".join(chosen.sentence)
    terminal.say(_visitor(chosen), sentence, sys.stdout, as_lines=chosen.json, voice=chosen.voice)
    return 0


def _read(chosen: argparse.Namespace) -> int:
    reader = load_reader(load())
    sentences = [" ".join(chosen.sentence)] if chosen.sentence else (line.rstrip("\r\n") for line in sys.stdin)
    for sentence in sentences:
        reading = reader.read(sentence)
        sys.stdout.write((_reading_json if chosen.json else _reading_line)(sentence, reading) + "\n")
    return 0


def _reading_json(sentence: str, reading: Reading) -> str:
    plain = {
        "text": sentence,
        "situation": reading.situation,
        "confidence": round(reading.confidence, 3),
        "runner_up": reading.runner_up,
        "decision": reading.decision,
        "danger": reading.danger,
    }
    return json.dumps(plain, ensure_ascii=False)


def _reading_line(sentence: str, reading: Reading) -> str:
    danger = "" if reading.danger == "none" else f", danger: {reading.danger}"
    understood = f"{reading.situation} ({reading.confidence:.0%}), then {reading.runner_up}; {reading.decision}"
    return f"{sentence}\n  {understood}{danger}"


# The server


def _serve(chosen: argparse.Namespace) -> int:
    from skill.channels.web.serve import serve  # noqa: PLC0415 - needs the web extra
    from skill.channels.web.settings import settings_of  # noqa: PLC0415

    environ = os.environ | EPHEMERAL if chosen.ephemeral else os.environ
    serve(settings_of(chosen, environ), environ)
    return 0


# The words


def _authoring(chosen: argparse.Namespace) -> int:
    from skill.authoring.commands import COMMANDS  # noqa: PLC0415 - needs the authoring extra

    return COMMANDS[chosen.command](chosen)
