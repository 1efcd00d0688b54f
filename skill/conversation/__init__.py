"""The conversation: a Turn and a State → a Reply and a State. No clock, file or network."""

from skill.conversation.reply import Passage, Reply
from skill.conversation.state import Asking, State
from skill.conversation.talk import Conversation
from skill.conversation.turn import Turn, TurnKind

__all__ = ["Asking", "Conversation", "Passage", "Reply", "State", "Turn", "TurnKind"]
