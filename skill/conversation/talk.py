"""The conversation itself: how each turn is answered in each state.

Two rules come before all others. Danger is read first, on every sentence and whatever was asked before. And a safety
question is answered by a clear no or it is answered by yes: silence, a command, a new subject all count as yes.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from skill.conversation import emergency, script
from skill.conversation.draft import Draft
from skill.conversation.state import Asking, State

if TYPE_CHECKING:
    from skill.conversation.reply import Reply
    from skill.conversation.turn import Turn, TurnKind
    from skill.journal.entries import SessionEnding
    from skill.reader import Reader, Reading
    from skill.words import Words

__all__ = ["Conversation"]


RESUMING = timedelta(minutes=20)
"""How soon after a session another one is the same moment going on."""
CLEARLY = 0.9
"""The confidence from which a sentence leads away from an emergency."""
SOME_WORDS = 4
"""Words that it takes to lead away from one."""
MAY_BE_IT = frozenset(
    "hurt_wont_be_comforted lying_or_taking ready_to_correct running_in_circles scared shut_down tired".split()
)
"""Situations that never do: what is said of them may be said of the emergency."""


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
        if kind == "slower":
            self.draft.slow = True
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
            heard_again = command in ("again", "slower") and not self.reader.says_nothing(text)
            command = command if heard_again or command == "stop" else None
        return (command, None) if command else ("said", self.reader.read(text))

    def _command(self, kind: "TurnKind") -> None:
        commands = {
            "launch": self._launch,
            "next": self._next,
            "again": self._again,
            "slower": self._again,
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
            script.begin(draft, choice or reading.situation, topic=reading.form)
        elif reading.decision == "choose":
            draft.misses = 0
            self._ask_which(reading.situation, reading.runner_up)
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

    def _ask_which(self, first: str, second: str) -> None:
        choices = self.words.choices
        self.draft.ask(Asking("choose", (first, second)), "choose", first=choices[first], second=choices[second])

    def _not_understood(self) -> None:
        draft, asking = self.draft, self.state.asking
        draft.misses += 1
        if draft.misses == 1:
            # What was going on goes on: the next step is still the next.
            draft.ask(asking if asking.kind in ("next", "easing") else Asking("what"), "not_understood")
            return
        script.gentlest(draft)

    # Danger

    def _safety_answered(self, kind: str, reading: "Reading | None") -> None:
        asking = self.state.asking
        if_yes, if_no = asking.options
        if reading is not None and reading.danger == "none" and self.reader.clear_no(self.turn.text):
            kind = "no"
        calm = self.words.scripts.get(if_no)
        if kind in ("again", "slower"):
            emergency.ask_safety(self.draft, asking.question, if_yes, if_no)
        elif kind != "no":
            emergency.begin(self.draft, if_yes, self.words.safety[asking.question].form)
        elif calm is not None and self.state.script == if_no and self.state.step == len(calm.steps):
            # The question stood at the end of the script.
            self.draft.ask(Asking("easing"), "easing")
        else:
            script.begin(self.draft, if_no, asked=asking.question)

    def _in_emergency(self, kind: str, reading: "Reading | None") -> None:
        """After a number was said: it stays within reach until a clear all-clear, or a clearly other subject."""
        draft, asking = self.draft, self.state.asking
        if kind == "silence":
            self._silent_emergency()
        elif kind == "next" or (kind == "yes" and asking.question == "meanwhile"):
            emergency.meanwhile(draft, *asking.options)
        elif kind == "no" and (self.turn.kind == "no" or self.reader.clear_no(self.turn.text)):
            self._leave_emergency("finished")
        elif kind in ("again", "slower"):
            draft.passages.extend(self.state.last)
            emergency.ask_number(draft, *asking.options)
        elif reading is not None and self._other_subject(reading):
            self._heard(reading)
        else:
            emergency.call(draft, *asking.options)

    def _silent_emergency(self) -> None:
        """Nothing was answered: the number once more, or the question alone where it may be overheard; then the end."""
        draft, (label, form) = self.draft, self.state.asking.options
        if self.state.silences:
            self._leave_emergency("silence")
            return
        if self.words.emergencies[label].quiet:
            emergency.ask_number(draft, label, form, offer=self.state.asking.question)
        else:
            emergency.call(draft, label, form)
        draft.silences = 1

    def _leave_emergency(self, ending: "SessionEnding") -> None:
        """End after an emergency: a no to what could be done meanwhile is not yet the end."""
        draft, asking = self.draft, self.state.asking
        if ending == "finished" and asking.question == "meanwhile":
            emergency.ask_number(draft, *asking.options)
            return
        quiet = self.words.emergencies[asking.options[0]].quiet
        draft.prompt("stopped_quiet" if quiet else "after_emergency")
        draft.close(ending, None)

    def _other_subject(self, reading: "Reading") -> bool:
        """Whether a sentence after an emergency clearly tells of something else that the child does.

        A few words seldom do, and sleep, silence or fear may be the emergency itself.
        """
        told = self.words.groups().get(reading.situation) in ("comfort", "underneath", "correction")
        clear = reading.decision == "speak" and reading.danger == "none" and reading.confidence >= CLEARLY
        return told and clear and reading.situation not in MAY_BE_IT and len(self.turn.text.split()) >= SOME_WORDS

    # Commands

    def _launch(self) -> None:
        before, now = self.state.session.before, self.turn.at
        name = "launch_first" if before is None else "launch_resuming" if now - before < RESUMING else "launch"
        self.draft.prompt(name, "action")
        self.draft.last = ()
        self.draft.ask(Asking("what"), "what")

    def _next(self) -> None:
        draft, asking = self.draft, self.state.asking
        match asking.kind:
            case "next":
                script.step(draft, self.words.scripts[self.state.script])
            case "easing":
                script.follow_up(self.draft)
            case "choose":
                script.begin(draft, asking.options[0])
            case _:
                draft.ask(Asking("what"), "what")

    def _again(self) -> None:
        self.draft.passages.extend(self.state.last)
        self._ask_on()

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
                script.follow_up(self.draft)
            case _:
                self.draft.ask(Asking("what"), "what")

    def _not_working(self) -> None:
        if self.state.asking.kind == "what" and not self.state.script:
            script.begin(self.draft, script.GENERAL)
        else:
            script.follow_up(self.draft)

    def _help(self) -> None:
        self.draft.prompt("help", "action")
        self._ask_on()

    def _start_over(self) -> None:
        if self.state.script:
            script.begin(self.draft, self.state.script, topic=self.state.topic)
        else:
            self._launch()

    def _ask_on(self) -> None:
        """Ask the open question once more, after something that did not move the conversation."""
        draft, asking = self.draft, self.state.asking
        match asking.kind:
            case "choose":
                self._ask_which(*asking.options)
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
        if self.state.asking.kind == "number":
            self._leave_emergency("stopped")
            return
        self.draft.prompt("stopped_unsafe" if self.state.asking.kind == "safety" else "stopped")
        self.draft.close("stopped", "stopped")

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
