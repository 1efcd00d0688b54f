"""Runs all checks of a language's content."""

from datetime import date, timedelta
from pathlib import Path

from skill.authoring.build import reader_path
from skill.authoring.check.heard import heard_faults, stolen
from skill.authoring.check.store import phrase_faults, placeholder_pages, store_faults
from skill.authoring.check.texts import Checker
from skill.authoring.check.units import CHECKS
from skill.authoring.content import CONTENT, Fault, heard_sentences, read_never, read_task, read_words, source_keys
from skill.authoring.interaction_model import interaction_model, model_faults
from skill.authoring.publishing import read_publishing
from skill.errors import ReaderError
from skill.reader.model import Model

__all__ = ["check", "warnings"]

HELPLINE_AGE = timedelta(days=180)
"""After this long a helpline should be looked up again."""


def check(language: str, content: Path = CONTENT) -> list[Fault]:
    """All faults in a language's content, in the order of the files."""
    faults: list[Fault] = []
    words = read_words(language, faults, content)
    heard = heard_sentences(language, [label.name for label in words.labels], faults, content)
    read_task(language, faults, content)
    publishing = read_publishing(language, faults, content)
    if not words.labels or "ZZ" not in words.helplines:
        faults.append(Fault(f"{language}/helplines/ZZ.yaml", "the file is missing, or has a fault"))
        return sorted(set(faults))
    checker = Checker(words, frozenset(source_keys(content)), tuple(read_never(language, faults, content)))
    found = [fault for one in CHECKS for fault in one(checker)]
    found += heard_faults(words, heard)
    if publishing is not None:
        found += store_faults(publishing, words.helplines)
    faults += [Fault(file if file == "labels.yaml" else f"{language}/{file}", reason) for file, reason in found]
    if not faults and publishing is not None:
        model = interaction_model(words, heard)
        faults += [Fault(f"{language}/carriers.yaml", reason) for reason in model_faults(model)]
        faults += [Fault(f"{language}/{file}", reason) for file, reason in phrase_faults(publishing, model)]
    return sorted(set(faults))


def warnings(language: str, today: date, content: Path = CONTENT) -> list[Fault]:
    """What is no fault, and should be looked at: old helplines, sentences that another label takes, missing pages."""
    ignored: list[Fault] = []
    words = read_words(language, ignored, content)
    found = [
        Fault(f"{language}/helplines/{country}.yaml", f"{line.purpose}: last checked on {line.checked_on}")
        for country, lines in sorted(words.helplines.items())
        for line in lines
        if line.confirmed and country != "ZZ" and today - date.fromisoformat(line.checked_on) > HELPLINE_AGE
    ]
    publishing = read_publishing(language, ignored, content)
    if publishing is not None:
        found += [Fault(f"{language}/{file}", reason) for file, reason in placeholder_pages(publishing)]
    heard = heard_sentences(language, [label.name for label in words.labels], ignored, content)
    try:
        taken = stolen(Model.load(reader_path(language)), heard)
        found += [Fault(f"{language}/{file}", reason) for file, reason in taken]
    except ReaderError as error:
        found.append(Fault(f"{language}.reader", str(error)))
    return found
