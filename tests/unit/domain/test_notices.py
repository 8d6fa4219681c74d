"""The notification matrix: who hears what by which means, near and far."""

from datetime import timedelta

import pytest

from scheduling.domain.notices import MATRIX, Concern, Means, NoticeKind, means_for

R, T, A, S = Concern.REQUESTER, Concern.TRAINER, Concern.ATTENDEE, Concern.SCHEDULERS


@pytest.mark.parametrize(
    ("kind", "concern", "hours", "means"),
    [
        (NoticeKind.QUEUED, R, 72, Means.EDIT),
        (NoticeKind.QUEUED, A, 72, Means.SILENT),
        (NoticeKind.BOOKED, R, 72, Means.EDIT),
        (NoticeKind.BOOKED, A, 24, Means.INVITE),
        (NoticeKind.BOOKED, A, 23, Means.CHAT),
        (NoticeKind.BOOKED, T, 48, Means.DIGEST),
        (NoticeKind.BOOKED, T, 47, Means.CHAT),
        (NoticeKind.FAILED, R, None, Means.CHAT),
        (NoticeKind.FAILED, A, None, Means.SILENT),
        (NoticeKind.MOVED, R, 48, Means.DIGEST),
        (NoticeKind.MOVED, R, 47, Means.CHAT),
        (NoticeKind.MOVED, A, 24, Means.INVITE),
        (NoticeKind.MOVED, A, 23, Means.CHAT),
        (NoticeKind.MOVED, T, 47, Means.CHAT),
        (NoticeKind.MOVED, S, 47, Means.THREAD),
        (NoticeKind.ROOM_CHANGED, R, 1, Means.SILENT),
        (NoticeKind.ROOM_CHANGED, T, 100, Means.CHAT),
        (NoticeKind.ROOM_LOST, R, 100, Means.CHAT),
        (NoticeKind.ROOM_LOST, A, 1, Means.INVITE),
        (NoticeKind.REGISTER_DUE, T, None, Means.CHAT),
        (NoticeKind.REGISTER_DUE, R, None, Means.SILENT),
        (NoticeKind.OVERDUE, R, None, Means.CHAT),
    ],
)
def test_the_matrix(kind: NoticeKind, concern: Concern, hours: int | None, means: Means) -> None:
    ahead = None if hours is None else timedelta(hours=hours)
    assert means_for(kind, concern, ahead) is means


def test_every_kind_has_its_row() -> None:
    assert set(MATRIX) == set(NoticeKind)
