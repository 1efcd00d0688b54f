"""The conversation: a Turn and a State → a Reply and a State. No clock, file or network."""

from skill.conversation.errands import Errands, Reminded
from skill.conversation.reply import Passage, PassageKind, Reply
from skill.conversation.state import Asking, State
from skill.conversation.talk import Conversation
from skill.conversation.turn import TASK, Turn, TurnKind

__all__ = [
    "TASK",
    "Asking",
    "Conversation",
    "Errands",
    "Passage",
    "PassageKind",
    "Reminded",
    "Reply",
    "State",
    "Turn",
    "TurnKind",
]
