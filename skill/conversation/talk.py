"""The conversation itself: how each turn is answered in each state.

Two rules come before all others. Danger is read first, on every sentence and whatever was asked before. And a safety
question is answered by a clear no or it is answered by yes: silence, a command, a new subject all count as yes.
"""

from typing import TYPE_CHECKING

from skill.conversation.draft import Draft
from skill.conversation.reply import Passage, Reply
from skill.conversation.state import Asking, State

if TYPE_CHECKING:
    from skill.conversation.turn import Turn, TurnKind
    from skill.reader import Reader, Reading
    from skill.words import Script, Words

__all__ = ["GENERAL", "Conversation"]

GENERAL = "connect_first"
"""The general script: for a situation that has none of its own, and for a sentence that stays vague."""


class Conversation:
    """Answers turns with the words and the reader of one language."""

    def __init__(self, words: "Words", reader: "Reader") -> None:
        """Talk with these words, understanding through this reader."""
        self.words = words
        self.reader = reader

    def answer(self, turn: "Turn", state: State) -> tuple[Reply, State]:
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
        kind = self.turn.kind
        reading = None
        if kind == "said":
            command = self.reader.command(self.turn.text)
            kind = command or kind
            reading = None if command else self.reader.read(self.turn.text)
        if reading is not None and reading.danger == "sure":
            self._emergency(reading.emergency, reading.form)
        elif kind == "left":
            self._left()
        elif kind == "stop":
            self._stop()
        elif self.state.asking.kind == "safety":
            self._safety_answered(kind, reading)
        elif reading is not None:
            self._heard(reading)
        else:
            if kind not in ("silence", "unheard"):
                self.draft.misses = 0
            self._command(kind)

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
        chosen = self._chosen(reading) if self.state.asking.kind == "choose" else ""
        if reading.danger == "ask":
            question = self.words.safety[reading.question]
            self._ask_safety(question.name, question.if_yes or reading.emergency, question.if_no or reading.calm)
        elif chosen or reading.decision == "speak":
            self._script(chosen or reading.situation)
        elif reading.decision == "choose":
            self._choose(reading.situation, reading.runner_up)
        elif reading.decision == "decline":
            draft.misses = 0
            draft.situation = reading.situation
            draft.prompt("out_of_scope")
            self._ask_on()
        else:
            self._not_understood()

    def _chosen(self, reading: "Reading") -> str:
        """Which of the two that were offered is meant; empty for something else, said clearly."""
        options = self.state.asking.options
        ordinal = self.reader.ordinal(self.turn.text)
        if ordinal is not None:
            return options[ordinal]
        if reading.decision == "speak":
            return ""
        # Asked once, a caregiver is not asked again: the likelier one is spoken.
        return next((label for label in (reading.situation, reading.runner_up) if label in options), options[0])

    def _choose(self, first: str, second: str) -> None:
        self.draft.misses = 0
        choices = self.words.choices
        self.draft.ask(Asking("choose", (first, second)), "choose", first=choices[first], second=choices[second])

    def _not_understood(self) -> None:
        draft = self.draft
        if self.state.asking.kind == "number":
            self._call(*self.state.asking.options)
            return
        draft.misses += 1
        if draft.misses == 1:
            draft.ask(Asking("what"), "not_understood")
            return
        # Twice in a row: the number, and the gentlest script there is, from which `next` goes on.
        script = self.words.scripts[GENERAL]
        draft.script, draft.step = GENERAL, 1
        draft.prompt("not_understood_twice", "action")
        self._sentence(script)
        draft.last = tuple(draft.passages)
        draft.ask(Asking("next"), "next")

    # A script

    def _script(self, label: str, *, asked: str = "") -> None:
        """Speak a situation's script from its first step; `asked` is a safety question that was answered already."""
        draft = self.draft
        draft.misses = 0
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
        draft.script, draft.step = script.name, 0
        if script.ask_first and script.ask_first != asked:
            draft.prompt("settle", "action")
            self._ask_safety(script.ask_first, self.words.safety[script.ask_first].if_yes, label)
        else:
            self._step(script, after=asked)

    def _encouragement(self) -> None:
        draft = self.draft
        draft.begin("encouragement")
        encouragements = self.words.encouragements
        text = draft.wording("encouragements", [f"{one.text} {one.do}" for one in encouragements])
        draft.passages.append(Passage(text))
        draft.close("finished", None)

    def _step(self, script: "Script", *, after: str = "") -> None:
        """Speak the next step; `after` is a safety question that was just answered with no."""
        draft = self.draft
        step = script.steps[draft.step]
        draft.speak(f"{script.name}/{draft.step}", step.do, "action")
        if step.say:
            self._sentence(script)
        if after:
            draft.speak(f"safety/{after}/after_no", self.words.safety[after].after_no)
        draft.stepped()
        draft.last = tuple(draft.passages)
        if draft.step < len(script.steps):
            draft.ask(Asking("next"), "next")
        elif script.ask_last:
            self._ask_safety(script.ask_last, self.words.safety[script.ask_last].if_yes, draft.situation or script.name)
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

    def _emergency(self, label: str, form: str = "") -> None:
        draft = self.draft
        draft.misses = 0
        draft.begin(label)
        draft.script, draft.step = "", 0
        self._call(label, form)

    def _call(self, label: str, form_name: str) -> None:
        """Say whom to call, and offer it again: the question keeps the microphone open for whatever comes next."""
        draft = self.draft
        draft.danger = "sure"
        draft.situation = label
        form = self.words.emergencies[label].form(form_name)
        draft.passages.append(self._number(label, form_name))
        draft.speak(f"emergencies/{label}/{form.name}/say", form.say, "child")
        draft.last = tuple(draft.passages)
        if form.closes:
            draft.close("finished", None)
            return
        self._ask_number(label, form_name)

    def _number(self, label: str, form_name: str) -> Passage:
        """The passage with the number to call."""
        form = self.words.emergencies[label].form(form_name)
        return Passage(self.draft.wording(f"emergencies/{label}/{form.name}", form.call), "call")

    def _ask_number(self, label: str, form_name: str) -> None:
        """Offer the number again; left unanswered, it is said again."""
        self.draft.danger = "sure"
        self.draft.situation = label
        self.draft.prompt("number", "question")
        self.draft.wait(Asking("number", (label, form_name)), self._number(label, form_name))

    def _ask_safety(self, name: str, if_yes: str, if_no: str) -> None:
        """Ask a safety question; left unanswered, the reprompt already is the emergency's answer."""
        draft = self.draft
        question = self.words.safety[name]
        draft.danger = "ask"
        draft.misses = 0
        if if_no in self.words.scripts or if_no in self.words.choices:
            draft.begin(if_no)
        draft.speak(f"safety/{name}", question.ask, "question")
        draft.last = tuple(draft.passages[-1:])
        draft.wait(Asking("safety", (if_yes, if_no), name), self._number(if_yes, ""))

    def _safety_answered(self, kind: str, reading: "Reading | None") -> None:
        asking = self.state.asking
        if_yes, if_no = asking.options
        if reading is not None and reading.danger == "none" and self.reader.clear_no(self.turn.text):
            kind = "no"
        script = self.words.scripts.get(if_no)
        if kind in ("again", "slower"):
            self.draft.slow = self.draft.slow or kind == "slower"
            self._ask_safety(asking.question, if_yes, if_no)
        elif kind != "no":
            self._emergency(if_yes)
        elif script is not None and self.state.script == if_no and self.state.step == len(script.steps):
            # The question stood at the end of the script.
            self.draft.ask(Asking("easing"), "easing")
        else:
            self._script(if_no, asked=asking.question)

    # Commands

    def _launch(self) -> None:
        self.draft.prompt("launch", "action")
        self.draft.last = ()
        self.draft.ask(Asking("what"), "what")

    def _next(self) -> None:
        draft, asking = self.draft, self.state.asking
        match asking.kind:
            case "next":
                self._step(self.words.scripts[self.state.script])
            case "easing":
                self._follow_up()
            case "number":
                self._then(*asking.options)
            case "choose":
                self._script(asking.options[0])
            case _:
                draft.ask(Asking("what"), "what")

    def _then(self, label: str, form_name: str) -> None:
        """What to do after the call, when the caregiver stays on."""
        draft = self.draft
        form = self.words.emergencies[label].form(form_name)
        if not form.then:
            self._call(label, form_name)
            return
        draft.speak(f"emergencies/{label}/{form.name}/then", form.then, "action")
        draft.last = tuple(draft.passages)
        self._ask_number(label, form_name)

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
            case "number":
                self._call(*asking.options)
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
            case "number":
                self.draft.prompt("after_emergency")
                self.draft.close("finished", None)
            case _:
                self.draft.ask(Asking("what"), "what")

    def _not_working(self) -> None:
        match self.state.asking.kind:
            case "number":
                self._call(*self.state.asking.options)
            case "what" if not self.state.script:
                self._script(GENERAL)
            case _:
                self._follow_up()

    def _help(self) -> None:
        if self.state.asking.kind == "number":
            self._call(*self.state.asking.options)
        else:
            self.draft.prompt("help", "action")
            self._ask_on()

    def _start_over(self) -> None:
        script = self.state.script
        if self.state.asking.kind == "number":
            self._call(*self.state.asking.options)
        elif script:
            self._script(script)
        else:
            self._launch()

    def _ask_on(self) -> None:
        """Ask the open question once more, after something that did not move the conversation."""
        draft, asking = self.draft, self.state.asking
        match asking.kind:
            case "number":
                self._ask_number(*asking.options)
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
        draft, asking = self.draft, self.state.asking
        if self.state.silences:
            draft.prompt("quiet")
            draft.close("silence", "silence" if asking.kind != "number" else None)
            return
        if asking.kind == "number":
            self._call(*asking.options)
        else:
            self._ask_on()
        draft.silences = 1

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
