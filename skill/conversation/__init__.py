"""The conversation: a Turn and a State → a Reply and a State. No clock, file or network."""

from skill.conversation.errands import Errands, Reminded
from skill.conversation.meanwhile import Meanwhile, caught_up
from skill.conversation.reply import Passage, PassageKind, Reply
from skill.conversation.state import Asking, State
from skill.conversation.talk import Conversation
from skill.conversation.turn import TASK, Turn, TurnKind

__all__ = [
    "TASK",
    "Asking",
    "Conversation",
    "Errands",
    "Meanwhile",
    "Passage",
    "PassageKind",
    "Reminded",
    "Reply",
    "State",
    "Turn",
    "TurnKind",
    "caught_up",
]
