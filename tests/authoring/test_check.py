"""Each rule of the content check has a trap: a change that must be found, for that reason and no other."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from skill.authoring.check import check
from skill.authoring.content import CONTENT

Change = Callable[[str], str]


def put(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def add(text: str) -> Change:
    return lambda before: before + text


PUSHING = "en/situations/pushing_me_away.yaml"
RAGING = "en/situations/raging.yaml"
MEDICAL = "en/emergencies/child_medical.yaml"
ABUSE = "en/emergencies/abuse.yaml"
HURT = "en/safety/could_hurt.yaml"

TRAPS: list[tuple[str, str, Change, str]] = [
    ("a misspelt key", PUSHING, put("goal:", "gaol:"), "gaol: unexpected keyword argument"),
    ("a missing key", PUSHING, put("more_help: If", "# If"), "more_help: field required"),
    ("a wrong type", PUSHING, put("say: true", "say: sometimes"), "steps.0.say: input should be a valid boolean"),
    ("no YAML", PUSHING, add("  - [\n"), "it is not valid YAML"),
    ("a long action", PUSHING, put("Hands down. Let", "Put both of your hands down by your sides. Let"), "has more than 8 words"),
    ("a long sentence", RAGING, put("Talk much later.", "Talk about all of it with them very much later on, when all is calm."), "has more than 12 words"),
    ("a long sentence to the child", RAGING, put("- It's a big one. I'll wait with you.", "- It's a big one. I'll wait here with you, as long as it may take."), "has more than 14 words"),
    ("a long turn", RAGING, put("Drop your voice right down.", "Drop your voice right down." + " Breathe out slowly, and then breathe out once more." * 8), "has more than 75"),
    ("a slow turn", "en/situations/losing_my_temper.yaml", put("Or just feel", "[30s] Then in. [20s] Or just feel"), "takes longer than 60 s"),
    ("a digit", RAGING, put("Be quiet now", "Be quiet for 2 minutes"), "holds a digit"),
    ("markup", RAGING, put("Be quiet now", "Be <b>quiet</b> now"), "holds markup"),
    ("an unknown number", RAGING, put("{emergency}", "{ambulance}"), "names {ambulance}, which is no number in the helplines"),
    ("an open brace", RAGING, put("{emergency}", "{emergency"), "has a brace that is not closed"),
    ("no full stop", RAGING, put("Talk much later.", "Talk much later"), "ends without a full stop"),
    ("the same wording twice", RAGING, put("Cushions are for throwing. I'm here.", "You're so angry; I'm keeping us safe!"), "is the same wording as"),
    ("no source", RAGING, put("sources: [3R, LEVELS]", "sources: []"), "step 1: it names no source"),
    ("an unknown source", RAGING, put("sources: [3R, LEVELS]", "sources: [WIKI]"), "the source 'WIKI' is not in sources.yaml"),
    ("no sentence to the child", RAGING, put("    say: true\n", ""), "exactly one step should say the sentence to the child"),
    ("a follow-up that leads nowhere", RAGING, put("leads_to: [hitting", "leads_to: [hiting"), "leads_to: 'hiting' is no label"),
    ("an unknown safety question", RAGING, add("ask_last: any_danger\n"), "there is no safety question 'any_danger'"),
    ("a script for no label", "en/situations/rageing.yaml", lambda _: (CONTENT / RAGING).read_text(), "it is named after no label"),
    ("an emergency without its number", MEDICAL, put("Call {emergency} now, on speaker. I can't call for you. Give your address first. Then do what they say. That's {emergency}.", "Get help now. I can't call for you."), "no number comes within the first 20 words"),
    ("a number that comes late", MEDICAL, put('"Call {emergency} now, on', '"Stay calm and stay with them. Breathe out slowly. You can do this, step by step. Look around you for a phone. Call {emergency} now, on'), "no number comes within the first 20 words"),
    ("a long emergency", MEDICAL, put("Then do what they say.", "Then do what they say." + " Stay with them." * 8), "has more than 45"),
    ("an emergency without its general form", MEDICAL, put('- name: ""', "- name: usual"), "the first one should be the general form"),
    ("a closing form that asks", ABUSE, put("Get a grown-up you trust now.", "Is there a grown-up near?"), "asks something, and then the session ends"),
    ("a missing emergency", MEDICAL, lambda _: "", "this emergency has no number to call"),
    ("a long safety question", HURT, put("Could you hurt them right now?", "Do you think that you could hurt them right now?"), "has more than 8 words"),
    ("a safety question that asks nothing", HURT, put("right now?", "right now."), "is no question"),
    ("a yes that is no emergency", HURT, put("if_yes: caregiver_may_harm", "if_yes: raging"), "is no emergency in labels.yaml"),
    ("a no that is no label", HURT, put("if_no: losing_my_temper", "if_no: fine"), "if_no: 'fine' is no label"),
    ("a doubt that nobody asks about", HURT, put("doubts: [caregiver_may_harm]", "doubts: []"), "should have 'caregiver_may_harm' among its doubts"),
    ("a rule that does not hold for its sentence", "en/danger/child_medical.yaml", put("heard: he's not breathing", "heard: he's asleep"), "does not hold for it"),
    ("a phrase that can never match", "en/danger/child_medical.yaml", put("not breathing |", "isn't breathing |"), "can never match: write it as 'is not breathing'"),
    ("an unknown group", "en/danger/child_medical.yaml", put("$toy", "$toys"), "there is no group $toys"),
    ("an unknown form", "en/danger/child_medical.yaml", put("form: poison", "form: poisoned"), "the emergency has no form 'poisoned'"),
    ("a missing prompt", "en/prompts.yaml", put("fault:", "fawlt:"), "'fault' is missing"),
    ("a prompt that is never spoken", "en/prompts.yaml", add("more:\n  - More words.\n"), "'more' is never spoken"),
    ("a question that is none", "en/prompts.yaml", put("  - Shall I go on?", "  - I can go on."), "is no question"),
    ("a goodbye that asks", "en/prompts.yaml", put("I'm here when you need me.", "Shall I be here?"), "asks something, and then the session ends"),
    ("a missing command", "en/commands.yaml", put("slower:\n", "slowly:\n"), "'slower' is missing"),
    ("a command in two places", "en/commands.yaml", put("again:\n", "again:\n  - next\n"), "'next' stands in next and in again"),
    ("a missing choice", "en/choices.yaml", put("raging:", "rageing:"), "'raging' is missing"),
    ("two encouragements of one name", "en/encouragements.yaml", put("name: come_back", "name: not_your_worth"), "the name 'not_your_worth' stands twice"),
    ("a sentence of two labels", "en/heard/raging.txt", add("My daughter is KICKING me!\n"), "also stands in heard/hitting.txt"),
    ("a sentence heard under no label", "en/heard/rageing.txt", lambda _: "he rages\nhe raged\n", "it is named after no label"),
    ("a sample that Alexa refuses", "en/carriers.yaml", put('samples: ["he"]', 'samples: ["he, really"]'), "holds a character that Alexa refuses"),
    ("a sample in two intents", "en/carriers.yaml", put('samples: ["he"]', 'samples: ["he", "she"]'), "stands in"),
    ("a label that stands twice", "labels.yaml", put("name: running_in_circles", "name: pushing_me_away"), "the label 'pushing_me_away' stands twice"),
]  # fmt: skip


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.mark.parametrize(("file", "change", "reason"), [pytest.param(*trap[1:], id=trap[0]) for trap in TRAPS])
def test_a_planted_fault_is_found(file: str, change: Change, reason: str, content: Path) -> None:
    path = content / file
    path.write_text(change(path.read_text() if path.exists() else ""))
    faults = [str(fault) for fault in check("en", content)]
    assert any(reason in fault for fault in faults), faults


def test_the_shipped_content_has_no_fault(content: Path) -> None:
    assert check("en", content) == []
