"""The conversation itself: how each turn is answered in each state.

Two rules come before all others. Danger is read first, on every sentence and whatever was asked before. And a safety
question is answered by a clear no or it is answered by yes: silence, a command, a new subject all count as yes.
"""

from typing import TYPE_CHECKING

from skill.conversation import clock, emergency, encourage, looking_back, opening, privacy, reminder, script, staying
from skill.conversation.draft import Draft
from skill.conversation.state import Asking, State
from skill.conversation.understanding import CLEARLY, FEW_WORDS, understood

if TYPE_CHECKING:
    from collections.abc import Callable

    from skill.conversation.errands import Errands
    from skill.conversation.reply import Reply
    from skill.conversation.turn import Turn, TurnKind
    from skill.journal.entries import SessionEnding
    from skill.reader import Reader, Reading
    from skill.words import Words

__all__ = ["Conversation"]


A_FEW = 3
"""Words in which it is told how a moment ended, where nobody has asked just now."""
SOME_WORDS = 4
"""Words that it takes to lead away from an emergency."""
MAY_BE_IT = frozenset(
    "hurt_wont_be_comforted lying_or_taking ready_to_correct running_in_circles scared shut_down tired".split()
)
"""Situations that never do: what is said of them may be said of the emergency."""
BESIDE = frozenset("left stop silence know forget_this forget_everything stop_keeping keep_again".split())
"""Turns that are no occasion to say what this is."""
OPENS = frozenset({"next", "again", "yes", "no", "slower", "shorter", "skip", "over", "start_over"})
"""Commands that, where nothing is going on, mean no more than that somebody is there."""


class Conversation:
    """Answers turns with the words and the reader of one language."""

    def __init__(self, words: "Words", reader: "Reader") -> None:
        """Talk with these words, understanding through this reader."""
        self.words = words
        self.reader = reader

    def prepare(self, turn: "Turn") -> None:
        """Read ahead what was said in a turn, while it is not known yet what was before it."""
        if turn.kind == "said":
            self.reader.read(turn.text)

    def answer(self, turn: "Turn", state: State, errands: "Errands") -> "tuple[Reply, State]":
        """Answer one turn. The same turn and state give the same reply and state, as far as the errands do."""
        answering = _Answering(self, turn, state, errands)
        answering.answer()
        return answering.draft.finish()


class _Answering:
    """One turn being answered."""

    def __init__(self, talk: Conversation, turn: "Turn", state: State, errands: "Errands") -> None:
        self.words = talk.words
        self.reader = talk.reader
        self.turn = turn
        self.state = state
        self.asking = state.place.asking
        self.errands = errands
        self.draft = Draft(talk.words, turn, state)

    def answer(self) -> None:
        kind, reading = understood(self.reader, self.turn, self.state)
        self.draft.slow |= kind == "slower"
        self.draft.short |= kind == "shorter"
        if reading is not None and reading.danger == "sure":
            emergency.begin(self.draft, reading.emergency, reading.form)
        elif kind == "left":
            self._left()
        elif kind == "stop":
            self._stop()
        elif self._opens(kind):
            opening.speak(self.draft)
        elif self.asking.kind == "safety":
            self._safety_answered(kind)
        elif self.asking.kind == "number":
            self._in_emergency(kind, reading)
        elif not self._question_answered(kind, reading):
            self._otherwise(kind, reading)
        if kind not in BESIDE and not self.draft.forgotten and self.draft.situation != "progress":
            opening.introduce(self.draft)

    def _opens(self, kind: "TurnKind") -> bool:
        """Whether this is to be answered by an opening: a launch, or the first words where a danger was left open."""
        asked_before = self.state.fresh and self.asking.kind == "safety" and kind != "no"
        return (kind == "launch" and self.asking.kind != "number") or asked_before

    def _otherwise(self, kind: "TurnKind", reading: "Reading | None") -> None:
        """A turn that no particular question was waiting for."""
        if self._eased(kind, reading):
            return
        if reading is not None:
            self._heard(reading)
            return
        if kind not in ("silence", "unheard"):
            self.draft.misses = 0
        if self._told_late():
            return
        if kind in OPENS and self.state.fresh and self.state.moment is None:
            kind = "launch"
        self._command(kind)

    def _eased(self, kind: "TurnKind", reading: "Reading | None") -> bool:
        """How it is now, told in the middle of a script in place of an answer; whether it was that."""
        few = len(self.turn.text.split()) <= FEW_WORDS and (reading is None or reading.danger == "none")
        if self.asking.kind not in ("next", "easing") or kind not in ("said", "yes") or not few:
            return False
        match self._outcome():
            case "better" if (
                kind == "said" or self.reader.command(self.turn.text, whole=True) != "yes" or "better" in self.turn.text
            ):
                opening.eased(self.draft)
            case "worse" if kind == "said":
                script.worse(self.draft)
            case "same" if kind == "said":
                script.follow_up(self.draft)
            case _:
                return False
        return True

    def _told_late(self) -> bool:
        """How the last moment ended, told when the session that had asked was over; whether it was that."""
        earlier, told = self.state.earlier, self._outcome()
        waited = earlier is not None and earlier.asked and earlier.outcome is None
        if told is None or told == "skip" or not self.state.fresh or not waited or len(self.turn.text.split()) > A_FEW:
            return False
        opening.rated(self.draft, told)
        return True

    def _command(self, kind: "TurnKind") -> None:
        draft, errands = self.draft, self.errands
        commands: dict[str, Callable[[], None]] = {
            "launch": lambda: opening.speak(draft),
            "next": self._next,
            "again": lambda: script.again(draft),
            "slower": lambda: script.again(draft),
            "shorter": self._shorter,
            "yes": self._yes,
            "no": self._no,
            "say": lambda: script.to_say(draft),
            "not_working": lambda: self._not_helping(script.follow_up),
            "worse": lambda: self._not_helping(script.worse),
            "came": lambda: staying.came(draft),
            "over": self._over,
            "wait": lambda: staying.wait(draft),
            "breathe": lambda: staying.breathe(draft),
            "help": self._help,
            "person": lambda: staying.person(draft),
            "start_over": self._start_over,
            "silence": self._silence,
            "skip": self._no,
            "task": lambda: encourage.encourage(draft, errands),
            "morning": self._encourage,
            "every_morning": lambda: reminder.every_morning(draft, errands),
            "remind": lambda: reminder.ask(draft, self.turn.text),
            "no_reminder": lambda: reminder.cancel(draft, errands),
            "allowed": self._allowed,
            "not_allowed": lambda: reminder.denied(draft),
            "look_back": lambda: looking_back.look_back(draft, errands, self.reader.period(self.turn.text)),
            "know": lambda: privacy.know(draft, errands),
            "forget_this": lambda: privacy.forget_this(draft, errands),
            "forget_everything": lambda: draft.ask(Asking("erase")),
            "stop_keeping": lambda: privacy.track(draft, errands, tracking=False),
            "keep_again": lambda: privacy.track(draft, errands, tracking=True),
        }
        commands.get(kind, self._not_understood)()

    # A question that was asked

    def _question_answered(self, kind: "TurnKind", reading: "Reading | None") -> bool:
        """Answer what a question of its own was waiting for; whether it was that."""
        match self.asking.kind:
            case "outcome":
                return self._outcome_told(kind, reading)
            case "still":
                return self._still(kind, reading)
            case "number_later":
                return self._number_later(kind)
            case "erase":
                return self._erasing(kind)
            case "offer" | "time" | "remind":
                return self._reminding(kind)
            case "else":
                return self._anything_else(kind)
        return False

    def _number_later(self, kind: "TurnKind") -> bool:
        if kind not in ("yes", "no", "next", "again", "skip", "over"):
            return False
        opening.number_later(self.draft, kind)
        return True

    def _erasing(self, kind: "TurnKind") -> bool:
        if kind == "yes":
            privacy.erase(self.draft, self.errands)
        elif kind in ("no", "skip", "unheard") or self.reader.says_no(self.turn.text) or self._number_said():
            self.draft.prompt("nothing_erased")
            staying.settle(self.draft)
        else:
            return False
        return True

    def _number_said(self) -> bool:
        """Whether the moment has come to an emergency, whose number is to stay within reach."""
        return self.state.moment is not None and self.state.moment.place.asking.kind == "number"

    def _anything_else(self, kind: "TurnKind") -> bool:
        if kind in ("no", "skip", "over"):
            self._stop()
        elif kind in ("yes", "next"):
            self.draft.ask(Asking("what"))
        else:
            return False
        return True

    def _outcome_told(self, kind: "TurnKind", reading: "Reading | None") -> bool:
        outcome = self._outcome()
        if outcome is None and kind in ("skip", "no", "over"):
            outcome = "skip"
        if outcome is not None and (reading is None or reading.danger == "none" or not reading.exact):
            opening.rated(self.draft, outcome)
            return True
        if kind in ("yes", "next", "again", "unheard"):
            # Neither better nor worse: asked once more, in other words; then it may rest.
            self.draft.misses = self.state.misses + 1
            if self.state.misses:
                opening.rated(self.draft, "skip")
            else:
                script.ask_on(self.draft, again=True)
            return True
        return False

    def _outcome(self) -> str | None:
        return self.reader.outcome(self.turn.text) if self.turn.kind == "said" else None

    def _still(self, kind: "TurnKind", reading: "Reading | None") -> bool:
        """Whether the moment from before is still going on."""
        draft = self.draft
        if kind in ("yes", "next") or (self.turn.kind == "said" and self.reader.still_going(self.turn.text)):
            self._go_on()
        elif kind in ("no", "over", "skip"):
            opening.over(draft)
        elif self._outcome() in ("better", "same") and (reading is None or reading.danger == "none"):
            opening.end(draft)
            opening.rated(draft, self._outcome() or "")
        else:
            if kind in ("again", "slower", "shorter", "say", "not_working", "worse", "start_over", "came"):
                # What the caregiver wants of the script is answered from where it stands.
                draft.asking = self._open_before()
            return False
        return True

    def _go_on(self) -> None:
        """Go on with the moment from where it stood."""
        draft = self.draft
        draft.asking = self._open_before()
        if draft.script and draft.asking.kind != "easing":
            self._next()
        elif draft.script:
            script.follow_up(draft)
        else:
            script.begin(draft, draft.moment.situation if draft.moment else script.GENERAL)

    def _open_before(self) -> Asking:
        """The question that was open when the moment was left."""
        return self.state.moment.place.asking if self.state.moment else Asking("what")

    def _reminding(self, kind: "TurnKind") -> bool:
        draft, asking = self.draft, self.asking
        if kind in ("no", "skip"):
            draft.prompt("remind_not")
            staying.settle(draft)
            return True
        if asking.kind == "remind" and kind == "yes":
            reminder.set_it(draft, self.errands, *asking.options)
            return True
        if self.turn.kind == "said" and kind in ("said", "remind") and reminder.tell_time(draft, self.turn.text):
            return True
        if kind == "yes":
            reminder.ask(draft, "")
            return True
        return False

    # A sentence

    def _heard(self, reading: "Reading") -> None:
        draft = self.draft
        choice = self._chosen(reading) if self.asking.kind == "choose" else ""
        if reading.danger == "ask":
            self._ask_safety(reading)
        elif choice or reading.decision == "speak":
            if choice:
                draft.meant(choice, self.asking.options)
            self._situation(choice or reading.situation, reading)
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
            script.ask_on(draft)
        else:
            self._not_understood()

    def _situation(self, label: str, reading: "Reading") -> None:
        """Answer the situation that was understood."""
        draft = self.draft
        draft.misses = 0
        match label:
            case "encouragement":
                self._encourage()
            case "progress":
                looking_back.look_back(draft, self.errands, reading.form)
            case staying.WIN if draft.in_script:
                staying.came(draft)
            case "out_of_scope":
                draft.situation = label
                draft.prompt("out_of_scope")
                draft.ask(Asking("what"))
            case _:
                script.begin(draft, label, topic=reading.form)

    def _ask_safety(self, reading: "Reading") -> None:
        question = self.words.safety[reading.question]
        if_yes, if_no = question.if_yes or reading.emergency, question.if_no or reading.calm
        emergency.ask_safety(self.draft, question.name, if_yes, if_no)

    def _chosen(self, reading: "Reading") -> str:
        """Which of the two that were offered is meant; empty for something else."""
        options = self.asking.options
        ordinal = self.reader.ordinal(self.turn.text)
        if ordinal is not None:
            return options[ordinal]
        if reading.decision in ("speak", "decline"):
            return ""
        # Asked once, a caregiver is not asked again: the likelier one is spoken.
        return next((label for label in (reading.situation, reading.runner_up) if label in options), options[0])

    def _ask_which(self, first: str, second: str) -> None:
        if self.draft.moment is None:
            # Something was told, and is gone on with should the answer not come.
            self.draft.begin(first)
        choices = self.words.choices
        self.draft.ask(Asking("choose", (first, second)), first=choices[first], second=choices[second])

    def _not_understood(self) -> None:
        draft, asking = self.draft, self.asking
        draft.misses = self.state.misses + 1
        if draft.misses == 1:
            # What was going on goes on: the next step is still the next.
            draft.ask(asking if asking.kind in ("next", "easing") else Asking("what"), "not_understood")
            return
        script.gentlest(draft)

    # Danger

    def _safety_answered(self, kind: str) -> None:
        asking, draft = self.asking, self.draft
        if_yes, if_no = asking.options
        calm = self.words.scripts.get(if_no)
        if kind in ("again", "slower"):
            emergency.ask_safety(draft, asking.question, if_yes, if_no, again=True)
        elif kind != "no":
            emergency.begin(draft, if_yes, self.words.safety[asking.question].form)
        elif not if_no:
            draft.prompt("all_right")
            draft.ask(Asking("what"), "what_now")
        elif calm is not None and draft.script == if_no and draft.step:
            # The question stood within the script, or at its end.
            if draft.step < len(calm.steps):
                script.step(draft, calm)
            else:
                draft.ask(Asking("easing"))
        else:
            script.begin(draft, if_no, asked=asking.question)

    def _in_emergency(self, kind: str, reading: "Reading | None") -> None:
        """After a number was said: it stays within reach until a clear all-clear, or a clearly other subject."""
        if reading is not None and reading.exact and reading.danger == "ask":
            self._ask_safety(reading)
        elif not self._asked_of_emergency(kind):
            self._emergency_goes_on(kind, reading)

    def _emergency_goes_on(self, kind: str, reading: "Reading | None") -> None:
        draft, asking = self.draft, self.asking
        if kind == "silence":
            self._silent_emergency()
        elif kind == "next" or (kind == "yes" and asking.question == "meanwhile"):
            emergency.meanwhile(draft, *asking.options)
        elif kind == "no" and (self.turn.kind == "no" or self.reader.clear_no(self.turn.text)):
            self._leave_emergency("finished")
        elif kind in ("again", "slower") and self.state.last:
            draft.passages.extend(self.state.last)
            emergency.ask_number(draft, *asking.options)
        elif reading is not None and self._other_subject(reading):
            self._heard(reading)
        else:
            emergency.call(draft, *asking.options)

    def _asked_of_emergency(self, kind: str) -> bool:
        """Answer what is asked beside the number, or told of the emergency's end; whether it was that."""
        draft, options = self.draft, self.asking.options
        cleared = self.reader.all_clear(self.turn.text) if self.turn.kind == "said" else ""
        if kind == "say":
            emergency.to_say(draft, *options)
        elif kind == "forget_this":
            privacy.forget_emergency(draft, self.errands, *options)
        elif kind == "forget_everything":
            draft.danger = "sure"
            draft.ask(Asking("erase"))
        elif cleared == "over" and not self.words.emergencies[options[0]].quiet:
            draft.prompt("all_clear", number=emergency.number(draft, *options))
            opening.end(draft, asked=False)
            draft.ask(Asking("what"), "what_now")
        elif cleared == "called":
            emergency.meanwhile(draft, *options)
        else:
            return False
        return True

    def _silent_emergency(self) -> None:
        """Nothing was answered: the number once more, or the question alone where it may be overheard; then the end."""
        draft, (label, form) = self.draft, self.asking.options
        if self.state.silences:
            self._leave_emergency("silence")
            return
        if self.words.emergencies[label].quiet:
            emergency.ask_number(draft, label, form, offer=self.asking.question)
        else:
            emergency.call(draft, label, form)
        draft.silences = 1

    def _leave_emergency(self, ending: "SessionEnding") -> None:
        """End after an emergency: a no to what could be done meanwhile is not yet the end."""
        draft, asking = self.draft, self.asking
        if ending == "finished" and asking.question == "meanwhile":
            emergency.ask_number(draft, *asking.options)
            return
        quiet = self.words.emergencies[asking.options[0]].quiet
        if quiet:
            draft.prompt("stopped_quiet")
        else:
            draft.prompt("after_emergency", number=emergency.number(draft, *asking.options))
        draft.close(ending, None)

    def _other_subject(self, reading: "Reading") -> bool:
        """Whether a sentence after an emergency clearly tells of something else that the child does.

        A few words seldom do, and sleep, silence or fear may be the emergency itself.
        """
        told = self.words.groups().get(reading.situation) in script.CHILD
        clear = reading.decision == "speak" and reading.danger == "none" and reading.confidence >= CLEARLY
        return told and clear and reading.situation not in MAY_BE_IT and len(self.turn.text.split()) >= SOME_WORDS

    # Commands

    def _next(self) -> None:
        draft = self.draft
        match draft.asking.kind:
            case "next":
                script.step(draft, self.words.scripts[draft.script])
            case "easing":
                script.follow_up(draft)
            case "choose":
                script.begin(draft, draft.asking.options[0])
            case _:
                self._nothing_next()

    def _nothing_next(self) -> None:
        """There is no further step: somebody to call, where there is a moment, and how it is now."""
        if self.draft.moment is None:
            self.draft.ask(Asking("what"))
            return
        self.draft.prompt("person")
        self.draft.last = tuple(self.draft.passages)
        self.draft.ask(Asking("what"), "what_now")

    def _shorter(self) -> None:
        """The last step in fewer words; whatever comes after is short as well."""
        last = list(self.state.last) or script.heard_last(self.draft)
        self.draft.passages.extend(script.shortened(last))
        script.ask_on(self.draft)

    def _yes(self) -> None:
        match self.asking.kind:
            case "next" | "choose":
                self._next()
            case "easing":
                opening.eased(self.draft)
            case _:
                self.draft.ask(Asking("what"))

    def _no(self) -> None:
        match self.asking.kind:
            case "next":
                self.draft.prompt("take_your_time", "action")
                self.draft.ask(Asking("next"))
            case "easing":
                script.follow_up(self.draft)
            case _:
                self.draft.ask(Asking("what"))

    def _not_helping(self, answer: "Callable[[Draft], None]") -> None:
        if self.draft.asking.kind == "what" and not self.draft.script and self.draft.moment is None:
            script.begin(self.draft, script.GENERAL)
        else:
            answer(self.draft)

    def _allowed(self) -> None:
        """Reminders are allowed now: set the one that was asked for, or ask for its time."""
        if clock.is_time(self.turn.text):
            reminder.set_it(self.draft, self.errands, self.turn.text)
        else:
            reminder.ask(self.draft, "")

    def _encourage(self) -> None:
        encourage.encourage(self.draft, self.errands, hard=self.reader.says_hard(self.turn.text))

    def _over(self) -> None:
        if self.draft.moment is None:
            self.draft.ask(Asking("else"))
        else:
            opening.over(self.draft)

    def _help(self) -> None:
        self.draft.prompt("help", "action")
        script.ask_on(self.draft)

    def _start_over(self) -> None:
        if self.draft.script:
            script.begin(self.draft, self.draft.script, topic=self.draft.topic)
        else:
            opening.speak(self.draft)

    # The end

    def _silence(self) -> None:
        if self.state.silences:
            self.draft.prompt("quiet")
            self.draft.close("silence", "silence")
        else:
            script.ask_on(self.draft, again=True)
            self.draft.silences = 1

    def _stop(self) -> None:
        if self.asking.kind == "number":
            self._leave_emergency("stopped")
            return
        if self.asking.kind == "safety":
            self.draft.begin(self.asking.options[0])
        self.draft.prompt("stopped_unsafe" if self.asking.kind == "safety" else "stopped")
        self.draft.close("stopped", "stopped")

    def _left(self) -> None:
        """The session was ended from outside: nothing may be spoken, and an unanswered safety question was a yes."""
        draft, asking = self.draft, self.asking
        ending = self.turn.ending
        if asking.kind == "safety":
            draft.begin(asking.options[0])
        if ending == "silence":
            draft.close("silence", "silence")
        elif ending == "error":
            draft.close("error", "error")
        else:
            draft.close("left", "left")
