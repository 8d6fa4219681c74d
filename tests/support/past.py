"""Requests that ended long ago, or did not, with all that hangs on them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.petitions import PetitionState
from scheduling.domain.requests import RequestState, SessionState, WorkItemCause, WorkItemState
from scheduling.storage import agenda, bookings, petitions, requests, work_items
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow
from scheduling.storage.petitions import PetitionRow
from scheduling.storage.requests import NewRequest
from scheduling.storage.store import Store
from scheduling.storage.work_items import Decision, WorkItemRow


class Past:
    """Makes requests that ended long ago, or did not."""

    def __init__(
        self, store: Store, new: Callable[..., NewRequest], planned: Callable[..., SessionRow]
    ) -> None:
        """Write to ``store`` what the makers make."""
        self._store = store
        self._new = new
        self._planned = planned

    async def request(
        self,
        request_id: str,
        *,
        days: int,
        now: datetime,
        state: RequestState = RequestState.BOOKED,
        item: WorkItemState = WorkItemState.APPROVED,
        followed: bool = True,
    ) -> None:
        """Write a request with a session, a work item, a decision, a card and a draft."""
        at = now - timedelta(days=days)
        session = self._planned(
            f"s-{request_id}", request_id=request_id, after=-days * 24 * 60, attendee=request_id
        )
        async with self._store.write() as tx:
            await requests.insert(tx, self._new(request_id))
            await tx.execute(
                t.request.update()
                .where(t.request.c.id == request_id)
                .values(state=state.value, created_at=at)
            )
            await bookings.reserve(tx, [session])
            await bookings.update_session(tx, session.id, state=SessionState.BOOKED.value)
            await work_items.insert(tx, _item(request_id, item, at))
            await work_items.decide(
                tx,
                Decision(
                    work_item_id=f"{request_id}-1",
                    kind=item.value,
                    first_id="theo",
                    rules=frozenset(),
                    decided_at=at,
                ),
            )
            if followed:
                await work_items.follow(tx, f"{request_id}-1", at)
            draft = f"draft-{request_id}"
            for subject in (f"draft:{draft}", f"work_item:{request_id}-1"):
                await tx.execute(
                    t.card.insert().values(subject=subject, conversation_id="c", activity_id="a")
                )
            await tx.execute(expired_draft(draft, at, request_id=request_id))
            await _told(tx, request_id, session.id, at)


async def _told(tx: AsyncConnection, request_id: str, session_id: str, at: datetime) -> None:
    """Write what people noted and did about a session, and a second place of its card."""
    note = {"id": f"n-{request_id}", "subject": session_id, "request_id": request_id}
    await tx.execute(
        t.note.insert().values(author_id="mia", text="Well done", written_at=at, **note)
    )
    await agenda.acknowledge(tx, session_id, request_id, at)
    copy = {"subject": f"draft:draft-{request_id}", "conversation_id": "c", "activity_id": "b"}
    await tx.execute(t.card_copy.insert().values(reader_id="mia", at=at, **copy))
    petition = PetitionRow(
        id=f"p-{request_id}",
        version=1,
        state=PetitionState.BOOKED,
        unit_id="north",
        agent_id=request_id,
        manager_id="mia",
        type_id="one_to_one",
        created_at=at,
        request_id=request_id,
    )
    await petitions.insert(tx, petition)


def _item(request_id: str, state: WorkItemState, at: datetime) -> WorkItemRow:
    return WorkItemRow(
        id=f"{request_id}-1",
        version=1,
        cause=WorkItemCause.NOT_PLACED,
        state=state,
        request_id=request_id,
        unit_id="north",
        facts={},
        claimed_by=None,
        decided_by=None,
        note=None,
        created_at=at,
        decide_by=None,
    )


def expired_draft(draft_id: str, expires_at: datetime, request_id: str | None = None) -> sa.Insert:
    """Return the insert of a draft with a wish and a proposal in it."""
    return t.draft.insert().values(
        id=draft_id,
        version=1,
        owner_id="oid-mia",
        conversation_id="c",
        state="asking",
        expires_at=expires_at,
        payload={"said": ["attendees"]},
        proposal={"facilitator_name": "Mia Weber"},
        proposal_version=1,
        request_id=request_id,
    )
