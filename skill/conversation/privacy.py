"""Privacy by voice: what is known, forgetting it, and whether anything is kept from now on."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from skill.conversation import looking_back, staying
from skill.conversation.state import Asking

if TYPE_CHECKING:
    from skill.conversation.draft import Draft
    from skill.conversation.errands import Errands

__all__ = ["erase", "forget_this", "know", "track"]

EVER = datetime(2000, 1, 1, tzinfo=UTC)


def know(draft: "Draft", errands: "Errands") -> None:
    """Say all that is known of the caregiver, in one breath."""
    moments = errands.moments(EVER)
    if moments is None:
        draft.prompt("cannot_look")
    elif moments:
        told = looking_back.counted(draft, "moment", len(moments))
        draft.prompt("know", moments=told, ago=looking_back.ago(draft, moments[0].started))
    else:
        draft.prompt("know_nothing")
    if draft.standing is not None and draft.standing.reminder:
        draft.prompt("know_reminder")
    if not draft.before.tracking:
        draft.prompt("know_stopped")
    staying.settle(draft)


def forget_this(draft: "Draft", errands: "Errands") -> None:
    """Forget the moment that is going on, or the last one."""
    moment = draft.moment or draft.earlier
    draft.leave_script()
    if moment is None:
        draft.prompt("nothing_to_forget")
    elif errands.forget_moment(moment):
        if draft.moment is not None:
            draft.moment = None
        else:
            draft.earlier = None
        draft.prompt("forgot_this")
    else:
        draft.prompt("not_erased")
    draft.last = ()
    draft.ask(Asking("else"))


def erase(draft: "Draft", errands: "Errands") -> None:
    """Forget everything, the reminder as well; what is said of it is true."""
    standing = draft.standing
    if standing is not None and standing.reminder and not errands.no_reminder(standing.reminder):
        draft.prompt("not_erased")
        draft.ask(Asking("else"))
    elif errands.forget_everything():
        draft.forget()
        draft.prompt("erased")
        draft.close("finished", None)
    else:
        draft.prompt("not_erased")
        draft.ask(Asking("else"))


def track(draft: "Draft", *, tracking: bool) -> None:
    """Keep nothing from now on, or keep track again."""
    if draft.before.tracking != tracking:
        draft.hold(tracking=tracking)
    draft.prompt("keep_again" if tracking else "stop_keeping")
    staying.settle(draft)
