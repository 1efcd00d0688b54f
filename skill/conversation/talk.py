"""The conversation itself: how each turn is answered in each state.

Two rules come before all others. Danger is read first, on every sentence and whatever was asked before. And a safety
question is answered by a clear no or it is answered by yes: silence, a command, a new subject all count as yes.
"""

from typing import TYPE_CHECKING

from skill.conversation import emergency
from skill.conversation.draft import Draft
from skill.conversation.encourage import NOT_AGAIN, chosen
from skill.conversation.state import Asking, State

if TYPE_CHECKING:
    from skill.conversation.reply import Reply
    from skill.conversation.turn import Turn, TurnKind
    from skill.reader import Reader, Reading
    from skill.words import Script, Words

__all__ = ["GENERAL", "Conversation"]

GENERAL = "connect_first"
"""The general script: for a situation that has none of its own, and for a sentence that stays vague."""

WHY = "asking_why"
"""The script whose steps give way to an answer of `words.why`, where one was asked for."""

ANY_DANGER = "child_in_danger"
"""The emergency whose number is said where a yes names none in particular."""
CLEARLY = 0.8
"""The confidence from which a sentence leads away from an emergency."""


class Conversation:
    """Answers turns with the words and the reader of one language."""

    def __init__(self, words: "Words", reader: "Reader") -> None:
        """Talk with these words, understanding through this reader."""
        self.words = words
        self.reader = reader

    def answer(self, turn: "Turn", state: State) -> "tuple[Reply, State]":
        """Answer one turn. Pure: the same turn and state give the same reply and state."""
        answering = _Answering(self, turn, state)
        answering.answer()
        return answering.draft.finish()


class _Answering:
    """One turn being answered."""

    def __init__(self, talk: Conversation, turn: "Turn", state: State) -> None:
        self.words = talk.words
        self.reader = talk.reader
        self.turn = turn
        self.state = state
        self.draft = Draft(talk.words, turn, state)

    def answer(self) -> None:
        kind, reading = self._understood()
        if reading is not None and reading.danger == "sure":
            emergency.begin(self.draft, reading.emergency, reading.form)
        elif kind == "left":
            self._left()
        elif kind == "stop":
            self._stop()
        elif self.state.asking.kind == "safety":
            self._safety_answered(kind, reading)
        elif self.state.asking.kind == "number":
            self._in_emergency(kind, reading)
        elif reading is not None:
            self._heard(reading)
        else:
            if kind not in ("silence", "unheard"):
                self.draft.misses = 0
            self._command(kind)

    def _understood(self) -> "tuple[TurnKind, Reading | None]":
        """What came in: a command, or a sentence with its reading."""
        kind, text = self.turn.kind, self.turn.text
        if kind != "said":
            return kind, None
        command = self.reader.command(text)
        if self.state.asking.kind == "safety":
            # Only a no that leaves no doubt is one here, and what says "not yet" is none.
            if self.reader.clear_no(text, whole=True):
                return "no", None
            command = command if command in ("again", "slower", "stop") else None
        return (command, None) if command else ("said", self.reader.read(text))

    def _command(self, kind: "TurnKind") -> None:
        commands = {
            "launch": self._launch,
            "next": self._next,
            "again": self._again,
            "slower": self._slower,
            "yes": self._yes,
            "no": self._no,
            "not_working": self._not_working,
            "help": self._help,
            "start_over": self._start_over,
            "silence": self._silence,
        }
        commands.get(kind, self._not_understood)()

    # A sentence

    def _heard(self, reading: "Reading") -> None:
        draft = self.draft
        choice = self._chosen(reading) if self.state.asking.kind == "choose" else ""
        if reading.danger == "ask":
            self._ask_safety(reading)
        elif choice or reading.decision == "speak":
            self._script(choice or reading.situation, topic=reading.form)
        elif reading.decision == "choose":
            self._choose(reading.situation, reading.runner_up)
        elif reading.decision == "decline":
            draft.misses = 0
            draft.situation = reading.situation
            aside = self.words.asides.get(reading.form)
            if aside is None:
                draft.prompt("out_of_scope")
            else:
                draft.speak(f"asides/{aside.name}", aside.say)
            self._ask_on()
        else:
            self._not_understood()

    def _ask_safety(self, reading: "Reading") -> None:
        question = self.words.safety[reading.question]
        if_yes, if_no = question.if_yes or reading.emergency, question.if_no or reading.calm
        emergency.ask_safety(self.draft, question.name, if_yes, if_no)

    def _chosen(self, reading: "Reading") -> str:
        """Which of the two that were offered is meant; empty for something else."""
        options = self.state.asking.options
        ordinal = self.reader.ordinal(self.turn.text)
        if ordinal is not None:
            return options[ordinal]
        if reading.decision in ("speak", "decline"):
            return ""
        # Asked once, a caregiver is not asked again: the likelier one is spoken.
        return next((label for label in (reading.situation, reading.runner_up) if label in options), options[0])

    def _choose(self, first: str, second: str) -> None:
        self.draft.misses = 0
        choices = self.words.choices
        self.draft.ask(Asking("choose", (first, second)), "choose", first=choices[first], second=choices[second])

    def _not_understood(self) -> None:
        draft, asking = self.draft, self.state.asking
        draft.misses += 1
        if draft.misses == 1:
            # What was going on goes on: the next step is still the next.
            draft.ask(asking if asking.kind in ("next", "easing") else Asking("what"), "not_understood")
            return
        # Twice in a row: the number, and the gentlest script there is, from which `next` goes on.
        script = self.words.scripts[GENERAL]
        draft.script, draft.step = GENERAL, 1
        draft.prompt("not_understood_twice", "action")
        self._sentence(script)
        draft.last = tuple(draft.passages)
        draft.ask(Asking("next"), "next")

    # A script

    def _script(self, label: str, *, topic: str = "", asked: str = "") -> None:
        """Speak a situation's script from its first step.

        `topic` is the particular answer that was asked for, `asked` a safety question that was answered already.
        """
        draft = self.draft
        draft.misses = 0
        if label in self.words.emergencies:
            # However it came to be chosen, an emergency is answered by its number.
            emergency.begin(draft, label)
            return
        if label == "encouragement":
            self._encouragement()
            return
        if label == "out_of_scope":
            draft.situation = label
            draft.prompt("out_of_scope")
            draft.ask(Asking("what"), "what")
            return
        if label != GENERAL:
            draft.begin(label)
        script = self.words.scripts.get(label) or self.words.scripts[GENERAL]
        draft.script, draft.step, draft.topic = script.name, 0, topic
        if script.ask_first and script.ask_first != asked:
            draft.prompt("settle", "action")
            self._ask_script_safety(script.ask_first, label)
        else:
            self._step(script, after=asked)

    def _encouragement(self) -> None:
        draft = self.draft
        draft.begin("encouragement")
        one = chosen(self.words.encouragements, self.state.session, self.turn.at)
        draft.encouraged = (*(name for name in draft.encouraged if name != one.name), one.name)[-NOT_AGAIN:]
        draft.speak(f"encouragements/{one.name}", (f"{one.text} {one.do}",))
        draft.close("finished", None)

    def _step(self, script: "Script", *, after: str = "") -> None:
        """Speak the next step; `after` is a safety question that was just answered with no."""
        draft = self.draft
        step = script.steps[draft.step]
        unit, wordings = f"{script.name}/{draft.step}", step.do
        answer = self.words.why.get(draft.topic) if script.name == WHY else None
        if answer is not None:
            unit, wordings = f"why/{answer.name}/{draft.step}", (answer.do if draft.step else answer.answers)
        draft.speak(unit, wordings, "action")
        if step.say:
            self._sentence(script)
        if after:
            draft.speak(f"safety/{after}/after_no", self.words.safety[after].after_no)
        draft.stepped()
        draft.last = tuple(draft.passages)
        if draft.step < len(script.steps):
            draft.ask(Asking("next"), "next")
        elif script.ask_last:
            self._ask_script_safety(script.ask_last, script.name)
        elif script.closes:
            draft.close("finished", "eased" if draft.moment else None)
        else:
            draft.ask(Asking("easing"), "easing")

    def _sentence(self, script: "Script") -> None:
        """Speak the script's sentence to the child."""
        self.draft.speak(f"{script.name}/say", script.say, "child")

    def _follow_up(self) -> None:
        """What to do when the script has not helped."""
        draft = self.draft
        script = self.words.scripts[self.state.script or GENERAL]
        draft.speak(f"{script.name}/if_not", script.if_not, "action")
        draft.speak(f"{script.name}/more_help", (script.more_help,))
        draft.last = tuple(draft.passages)
        draft.script, draft.step = "", 0
        draft.ask(Asking("what"), "what_now")

    # Danger

    def _ask_script_safety(self, name: str, label: str) -> None:
        """A safety question that belongs to a script; where yes means no one emergency, it means danger now."""
        emergency.ask_safety(self.draft, name, self.words.safety[name].if_yes or ANY_DANGER, label)

    def _safety_answered(self, kind: str, reading: "Reading | None") -> None:
        asking = self.state.asking
        if_yes, if_no = asking.options
        if reading is not None and reading.danger == "none" and self.reader.clear_no(self.turn.text):
            kind = "no"
        script = self.words.scripts.get(if_no)
        if kind in ("again", "slower"):
            self.draft.slow = self.draft.slow or kind == "slower"
            emergency.ask_safety(self.draft, asking.question, if_yes, if_no)
        elif kind != "no":
            emergency.begin(self.draft, if_yes, self.words.safety[asking.question].form)
        elif script is not None and self.state.script == if_no and self.state.step == len(script.steps):
            # The question stood at the end of the script.
            self.draft.ask(Asking("easing"), "easing")
        else:
            self._script(if_no, asked=asking.question)

    def _in_emergency(self, kind: str, reading: "Reading | None") -> None:
        """After a number was said: it stays within reach until a clear all-clear, or a clearly other subject."""
        draft, asking = self.draft, self.state.asking
        if kind == "silence" and (self.state.silences or self.words.emergencies[asking.options[0]].quiet):
            draft.prompt("stopped_quiet" if self.words.emergencies[asking.options[0]].quiet else "quiet")
            draft.close("silence", None)
        elif kind == "next" or (kind == "yes" and asking.question == "meanwhile"):
            emergency.meanwhile(draft, *asking.options)
        elif kind == "no" and (self.turn.kind == "no" or self.reader.clear_no(self.turn.text)):
            draft.prompt("after_emergency")
            draft.close("finished", None)
        elif kind in ("again", "slower"):
            draft.slow = draft.slow or kind == "slower"
            draft.passages.extend(self.state.last)
            emergency.ask_number(draft, *asking.options)
        elif reading is not None and self._other_subject(reading):
            self._heard(reading)
        else:
            emergency.call(draft, *asking.options)
            draft.silences = int(kind == "silence")

    def _other_subject(self, reading: "Reading") -> bool:
        """Whether a sentence after an emergency clearly tells of something else that the child does."""
        told = self.words.groups().get(reading.situation) in ("comfort", "underneath", "correction")
        near_miss = reading.danger == "ask" and reading.emergency != self.state.asking.options[0]
        return near_miss or (told and reading.decision == "speak" and reading.confidence >= CLEARLY)

    # Commands

    def _launch(self) -> None:
        self.draft.prompt("launch" if self.state.session.before else "launch_first", "action")
        self.draft.last = ()
        self.draft.ask(Asking("what"), "what")

    def _next(self) -> None:
        draft, asking = self.draft, self.state.asking
        match asking.kind:
            case "next":
                self._step(self.words.scripts[self.state.script])
            case "easing":
                self._follow_up()
            case "choose":
                self._script(asking.options[0])
            case _:
                draft.ask(Asking("what"), "what")

    def _again(self) -> None:
        self.draft.passages.extend(self.state.last)
        self._ask_on()

    def _slower(self) -> None:
        self.draft.slow = True
        self._again()

    def _yes(self) -> None:
        asking = self.state.asking
        match asking.kind:
            case "next" | "choose":
                self._next()
            case "easing":
                self.draft.prompt("eased")
                self.draft.close("finished", "eased", "better")
            case _:
                self.draft.ask(Asking("what"), "what")

    def _no(self) -> None:
        asking = self.state.asking
        match asking.kind:
            case "next":
                self.draft.prompt("take_your_time", "action")
                self.draft.ask(Asking("next"), "next")
            case "easing":
                self._follow_up()
            case _:
                self.draft.ask(Asking("what"), "what")

    def _not_working(self) -> None:
        if self.state.asking.kind == "what" and not self.state.script:
            self._script(GENERAL)
        else:
            self._follow_up()

    def _help(self) -> None:
        self.draft.prompt("help", "action")
        self._ask_on()

    def _start_over(self) -> None:
        script = self.state.script
        if script:
            self._script(script, topic=self.state.topic)
        else:
            self._launch()

    def _ask_on(self) -> None:
        """Ask the open question once more, after something that did not move the conversation."""
        draft, asking = self.draft, self.state.asking
        match asking.kind:
            case "choose":
                first, second = asking.options
                choices = self.words.choices
                draft.ask(asking, "choose", first=choices[first], second=choices[second])
            case "next" | "easing":
                draft.ask(asking, asking.kind)
            case _:
                draft.ask(Asking("what"), "what")

    # The end

    def _silence(self) -> None:
        if self.state.silences:
            self.draft.prompt("quiet")
            self.draft.close("silence", "silence")
        else:
            self._ask_on()
            self.draft.silences = 1

    def _stop(self) -> None:
        draft, asking = self.draft, self.state.asking
        name = "stopped"
        if asking.kind == "safety":
            name = "stopped_unsafe"
        elif asking.kind == "number":
            name = "stopped_quiet" if self.words.emergencies[asking.options[0]].quiet else "after_emergency"
        draft.prompt(name)
        draft.close("stopped", "stopped")

    def _left(self) -> None:
        """The session was ended from outside: nothing may be spoken, and an unanswered safety question was a yes."""
        draft, asking = self.draft, self.state.asking
        ending = self.turn.ending
        if asking.kind == "safety" and ending == "silence":
            draft.begin(asking.options[0])
        if ending == "silence":
            draft.close("silence", "silence")
        elif ending == "error":
            draft.close("error", "error")
        else:
            draft.close("left", "left")
