"""The page of pictures shows each card once at least, and what lies beside it."""

from typing import get_args

import pytest

from dialogs.views import View
from tests.support.card_samples import SAMPLES
from tests.support.gallery import LOOKS, SHOWN, shown
from tests.support.gallery_charts import CHARTED


@pytest.mark.parametrize("view", get_args(View), ids=lambda view: view.__name__)
def test_every_card_has_a_picture(view: type[View]) -> None:
    names = {picture.partition(".")[0] for picture in shown()}
    assert any(isinstance(SAMPLES[name].view, view) for name in names), "see docs/cards/README.md"


def test_each_picture_is_one_that_is_drawn_and_none_lies_there_unseen() -> None:
    looks = (*LOOKS, CHARTED)
    assert shown() <= {f"{name}.{look}" for name in SAMPLES for look in looks}
    assert {path.stem for path in SHOWN.glob("*.png")} == shown()
