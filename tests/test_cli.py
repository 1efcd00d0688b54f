"""The command as people use it: in a process of its own, through pipes."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from skill.cli import main
from tests.conftest import BIN, CASES


def run(
    *arguments: str, typed: str | bytes = "", folder: Path, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "skill", *arguments],
        input=typed.encode() if isinstance(typed, str) else typed,
        capture_output=True,
        env={**os.environ, "STAY_CLOSE_DATA": str(folder), **environment},
        check=False,
    )


def out(done: subprocess.CompletedProcess[bytes]) -> str:
    assert done.stderr.decode() == ""
    assert done.returncode == 0
    return done.stdout.decode()


def test_a_conversation_from_a_pipe_is_spoken_and_kept(tmp_path: Path) -> None:
    text = out(run("talk", typed="she is pushing me away\nnext\nagain\nstop\n", folder=tmp_path))
    first, second, third, last = text.strip().split("\n\n")
    assert first.startswith("Hands down.")
    assert first.count("Say:") == 1
    assert second.startswith("Take two big steps back.")
    assert third.startswith("Take two big steps back.")
    assert not last.endswith("?")
    kept = out(run("journal", folder=tmp_path)).splitlines()
    assert len(kept) == 2
    assert "pushing_me_away, 2 step(s), stopped" in kept[0]
    entries = [json.loads(line) for line in out(run("journal", "--json", folder=tmp_path)).splitlines()]
    assert [entry["kind"] for entry in entries] == ["moment", "session"]


def test_one_sentence_as_json_has_the_shape_that_is_promised(tmp_path: Path) -> None:
    answer = json.loads(out(run("say", "--json", "he's", "not", "breathing", folder=tmp_path)))
    assert list(answer) == ["heard", "situation", "danger", "speech", "listening", "reprompt", "moment"]
    assert list(answer["speech"]) == ["ssml", "text", "seconds"]
    assert answer["heard"] == "he's not breathing"
    assert (answer["situation"], answer["danger"], answer["listening"]) == ("child_medical", "sure", True)
    assert "911" in answer["reprompt"]
    assert answer["moment"]


def test_reading_answers_each_line_in_order(tmp_path: Path) -> None:
    typed = "he's not breathing\n\nwhat's the weather\n\xff\xfe\n".encode("latin-1") + b"she bit me"
    rows = [json.loads(line) for line in out(run("read", "--json", typed=typed, folder=tmp_path)).splitlines()]
    assert [row["danger"] for row in rows] == ["sure", "none", "none", "none", "none"]
    assert rows[4]["situation"] == "hitting"
    assert list(rows[0]) == ["text", "situation", "confidence", "runner_up", "decision", "danger"]
    assert rows[1]["text"] == ""
    assert rows[1]["decision"] == "ask"


def test_a_conversation_that_keeps_nothing_leaves_nothing(tmp_path: Path) -> None:
    out(run("say", "--ephemeral", "she's pushing me away", folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_forgetting_erases_what_is_kept(tmp_path: Path) -> None:
    out(run("say", "she's pushing me away", folder=tmp_path))
    assert out(run("journal", "forget", folder=tmp_path)) == "2 entries are erased.\n"
    assert out(run("journal", folder=tmp_path)) == ""


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["evaluate", "/nowhere/x.jsonl"], b"stay-close: /nowhere/x.jsonl: No such file or directory."),
        (
            ["evaluate", "--confusions", "x.txt"],
            b"stay-close: x.txt: name a file that ends in .png, in a folder that exists.",
        ),
        (
            ["evaluate", "--curve", "/nowhere/x.png"],
            b"stay-close: /nowhere/x.png: name a file that ends in .png, in a folder that exists.",
        ),
        (
            ["train", "--out", "/nowhere/x.reader"],
            b"stay-close: /nowhere/x.reader: name a file in a folder that exists.",
        ),
        (
            ["evaluate", "--reader", "README.md"],
            b"stay-close: README.md: The trained reader cannot be read: run `stay-close build`.",
        ),
        (["journal", "replay", "/nowhere/x.jsonl"], b"stay-close: /nowhere/x.jsonl: No such file or directory."),
        (["journal", "import", "/nowhere/x.jsonl"], b"stay-close: /nowhere/x.jsonl: No such file or directory."),
        (["journal", "import", "/"], b"stay-close: /: Is a directory."),
        (["journal", "backup", "/nowhere/x.gz"], b"stay-close: /nowhere/x.gz: name a file in a folder that exists."),
        (["journal", "export", "/"], b"stay-close: /: name a file in a folder that exists."),
        (["words", "--out", "/nowhere/x.html"], b"stay-close: /nowhere/x.html: No such file or directory."),
    ],
)
def test_a_file_that_is_not_there_is_one_clear_sentence(arguments: list[str], complaint: bytes, tmp_path: Path) -> None:
    done = run(*arguments, folder=tmp_path)
    assert (done.returncode, done.stderr.strip()) == (1, complaint)


def test_a_spill_is_replayed(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    data = tmp_path / "data"
    done = run("say", "she's pushing me away", folder=data, STAY_CLOSE_JOURNAL=f"sqlite:{blocked}/journal")
    assert b"Say:" in done.stdout
    assert b"make its folder writable" in done.stderr
    assert done.returncode == 0
    assert out(run("journal", "replay", folder=data)) == (
        "2 entries are new, 2 brought up to date, 0 were there already, 0 are not wanted.\n"
    )
    assert out(run("journal", "replay", folder=data)) == "Nothing was spilled.\n"
    assert len(out(run("journal", folder=data)).splitlines()) == 2


def test_an_export_is_imported_on_another_machine_that_has_the_key(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    out(run("say", "she's pushing me away", folder=here))
    path = tmp_path / "export.jsonl"
    assert out(run("journal", "export", str(path), folder=here)) == f"2 entries are in {path}.\n"
    assert path.stat().st_mode & 0o777 == 0o600
    piped = run("journal", "export", folder=here)
    assert piped.stdout.decode() == path.read_text() == out(run("journal", "--json", folder=here))
    assert piped.stderr == b"2 entries are exported.\n"
    there.mkdir()
    (there / "key").write_bytes((here / "key").read_bytes())
    for counts in (
        "2 entries are new, 0 brought up to date, 0 were",
        "0 entries are new, 0 brought up to date, 2 were",
    ):
        told = out(run("journal", "import", str(path), folder=there))
        assert told == f"{counts} there already, 0 are not wanted.\n"
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    imported = [json.loads(line) for line in out(run("journal", "--json", folder=there)).splitlines()]
    assert imported == [{**entry, "revision": 1} for entry in entries]
    with path.open("a") as file:
        file.write("and a word of somebody's\n")
    done = run("journal", "import", str(path), folder=there)
    assert (done.returncode, done.stderr.decode()) == (
        1, f"stay-close: {path}, line 3: it is no entry of a journal.\n"
    )  # fmt: skip
    assert b"2 were there already" in done.stdout


def test_a_backup_is_restored_and_one_that_is_killed_leaves_the_one_before(tmp_path: Path) -> None:
    out(run("say", "she's pushing me away", folder=tmp_path))
    backup = tmp_path / "backups" / "journal.gz"
    backup.parent.mkdir()
    assert out(run("journal", "backup", str(backup), folder=tmp_path)) == f"2 entries are in {backup}.\n"
    before = backup.read_bytes()
    journal = sqlite3.connect(tmp_path / "journal.sqlite")
    journal.execute(
        "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 8000) INSERT INTO entries"
        " SELECT printf('%032x', n), entry, revision, expires, replace(body, caregiver, printf('%032x', n))"
        " FROM entries, many"
    )
    journal.commit()
    journal.close()
    command = [sys.executable, "-m", "skill", "journal", "backup", str(backup)]
    process = subprocess.Popen(command, env={**os.environ, "STAY_CLOSE_DATA": str(tmp_path)}, stdout=subprocess.PIPE)
    try:
        while not any(path.stat().st_size for path in backup.parent.glob("*.part")):
            assert process.poll() is None
    finally:
        process.kill()
        process.communicate()
    assert backup.read_bytes() == before
    (part,) = backup.parent.glob("*.part")
    assert part.stat().st_mode & 0o777 == 0o600
    # Where somebody takes the part for a backup, it is known for what it is.
    done = run("journal", "import", str(part), folder=tmp_path)
    assert done.returncode == 1
    assert b"cut off" in done.stderr
    done = run("journal", "backup", str(backup), folder=tmp_path)
    assert (done.returncode, done.stdout.decode()) == (0, f"16,002 entries are in {backup}.\n")


def test_an_import_that_is_interrupted_says_how_far_it_came_and_no_more(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "export")
    command = [sys.executable, "-m", "skill", "journal", "import", str(tmp_path / "export")]
    environment = {**os.environ, "STAY_CLOSE_DATA": str(tmp_path)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # It can be opened once the other side reads.
    with (tmp_path / "export").open("wb"):
        process.send_signal(signal.SIGINT)
        said, complaint = process.communicate(timeout=20)
    assert (process.returncode, complaint) == (130, b"")
    assert said.startswith(b"0 entries are new")


def test_a_log_is_replayed_and_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    shutil.copytree(CASES / "logs", folder)
    (folder / "zz.txt").write_text('{"event":"journal_spill","ent')
    done = run("journal", "replay", str(folder), folder=tmp_path / "data")
    assert (done.returncode, done.stderr.decode()) == (
        1, f"stay-close: {folder / 'zz.txt'}, line 1: it was cut off.\n"
    )  # fmt: skip
    files = len(list((CASES / "logs").iterdir()))
    assert done.stdout.decode() == (
        f"3 entries are new, 1 brought up to date, {4 * (files - 1)} were there already, 0 are not wanted.\n"
    )


@pytest.mark.parametrize("arguments", [[], ["say"], ["unheard-of"]])
def test_a_command_that_does_not_exist_says_what_does(arguments: list[str], tmp_path: Path) -> None:
    done = run(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert b"usage: stay-close" in done.stderr


def test_a_setting_that_cannot_be_used_is_one_clear_sentence(tmp_path: Path) -> None:
    done = run("journal", folder=tmp_path, STAY_CLOSE_JOURNAL="mysql://home")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"stay-close: STAY_CLOSE_JOURNAL names no journal: write dynamodb://TABLE or sqlite:PATH.\n"


def test_whoever_reads_along_may_go(tmp_path: Path) -> None:
    command = f"yes 'she is pushing me away' | head -200 | {sys.executable} -m skill read --json | head -1"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, env={**os.environ, "STAY_CLOSE_DATA": str(tmp_path)}, check=False
    )
    assert b"Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_without_espeak_the_voice_says_so_and_the_words_still_come(tmp_path: Path) -> None:
    done = run("say", "--voice", "she's pushing me away", folder=tmp_path, PATH=str(tmp_path))
    assert b"Say:" in done.stdout
    assert b"espeak-ng is not installed" in done.stderr


def test_the_command_is_installed() -> None:
    done = subprocess.run([BIN / "stay-close", "--version"], capture_output=True, check=True)
    assert done.stdout.startswith(b"stay-close ")


def test_the_content_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out == ""
