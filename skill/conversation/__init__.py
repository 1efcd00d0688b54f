"""The conversation: a Turn and a State → a Reply and a State. No clock, file or network."""

from skill.conversation.reply import Passage, PassageKind, Reply
from skill.conversation.state import Asking, State
from skill.conversation.talk import Conversation
from skill.conversation.turn import Turn, TurnKind

__all__ = ["Asking", "Conversation", "Passage", "PassageKind", "Reply", "State", "Turn", "TurnKind"]
