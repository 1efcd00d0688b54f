"""Privacy by voice: what is known, forgetting it, and whether anything is kept from now on."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from skill.conversation import emergency, looking_back, staying
from skill.conversation.state import Asking

if TYPE_CHECKING:
    from skill.conversation.draft import Draft
    from skill.conversation.errands import Errands

__all__ = ["erase", "forget_emergency", "forget_this", "know", "track"]

EVER = datetime(2000, 1, 1, tzinfo=UTC)


def know(draft: "Draft", errands: "Errands") -> None:
    """Say all that is known of the caregiver, in one breath."""
    moments = errands.moments(EVER)
    if moments is None:
        draft.prompt("cannot_look")
    elif len(moments) == 1:
        draft.prompt("know_one", ago=looking_back.ago(draft, moments[0].started))
    elif moments:
        told = looking_back.counted(draft, "moment", len(moments))
        draft.prompt("know", moments=told, ago=looking_back.ago(draft, moments[0].started))
    else:
        draft.prompt("know_nothing")
    wins = sum("small_win" in moment.path for moment in moments or ())
    if wins:
        draft.prompt("know_wins", wins=looking_back.counted(draft, "win", wins))
    if draft.standing is not None and draft.standing.reminder:
        draft.prompt("know_reminder")
    if not draft.before.tracking:
        draft.prompt("know_stopped")
    staying.settle(draft)


def forget_this(draft: "Draft", errands: "Errands") -> None:
    """Forget the moment that is going on, or the last one."""
    _forget(draft, errands)
    draft.leave_script()
    draft.last = ()
    draft.ask(Asking("else"))


def forget_emergency(draft: "Draft", errands: "Errands", label: str, form: str) -> None:
    """Forget an emergency, and keep its number within reach."""
    _forget(draft, errands)
    emergency.ask_number(draft, label, form)


def _forget(draft: "Draft", errands: "Errands") -> None:
    moment = draft.moment or draft.earlier
    if moment is None:
        draft.prompt("nothing_to_forget")
    elif errands.forget_moment(moment):
        if draft.moment is not None:
            draft.moment = None
        else:
            draft.earlier = None
        draft.unlearn(moment)
        draft.prompt("forgot_this")
    else:
        draft.prompt("not_erased")


def erase(draft: "Draft", errands: "Errands") -> None:
    """Forget everything, the reminder as well; what is said of it is true.

    A reminder may be out of reach for good, its permission taken back: that holds up nothing.
    """
    standing = draft.standing
    left = standing is not None and standing.reminder and not errands.no_reminder(standing.reminder)
    if errands.forget_everything():
        draft.forget()
        draft.prompt("erased")
        if left:
            draft.prompt("reminder_left")
        draft.close("finished", None)
    else:
        draft.prompt("not_erased")
        draft.ask(Asking("else"))


def track(draft: "Draft", errands: "Errands", *, tracking: bool) -> None:
    """Keep nothing from now on, or keep track again; said only where the journal has taken it."""
    kept = True
    if draft.before.tracking != tracking:
        draft.hold(tracking=tracking)
        kept = draft.standing is not None and errands.hold(draft.standing)
    if kept:
        draft.prompt("keep_again" if tracking else "stop_keeping")
    else:
        draft.standing = draft.before.standing
        draft.prompt("failed")
    staying.settle(draft)
