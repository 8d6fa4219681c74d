"""The published schemas are those of the types, and the files that are written fit them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.planning import schemas
from bot.planning.files import PlanFile
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.times import Interval
from scheduling.optimizer.outcome import Impact
from scheduling.optimizer.plan import Placement, Plan, Status

DOCS = Path(__file__).parents[4] / "docs"
HOUR = Interval(datetime(2027, 3, 8, 9, tzinfo=UTC), datetime(2027, 3, 8, 10, tzinfo=UTC))


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_the_published_schema_is_up_to_date(name: str) -> None:
    published = (DOCS / f"{name}.schema.json").read_text()
    assert published == schemas.schema_text(schemas.SCHEMAS[name]()), f"run: aside schema {name}"
    Draft202012Validator.check_schema(json.loads(published))


def test_a_generated_problem_fits_the_schema(document: dict[str, Any]) -> None:
    validator = Draft202012Validator(schemas.problem_schema())
    assert list(validator.iter_errors(document)) == []
    document["rooms"][0]["size"] = 3
    del document["grid"]
    assert len(list(validator.iter_errors(document))) == 2


def test_a_plan_fits_the_schema() -> None:
    placed = Placement(meeting_id="a", interval=HOUR, place=PlaceKind.ONLINE, room_id=None)
    plan = Plan(status=Status.OPTIMAL, placements=(placed,), failures=(), as_of=HOUR.start)
    forecast = Impact(curves=(), days=(), periods=())
    top = json.loads(PlanFile(plan=plan, seconds=0.1, forecast=forecast).content())
    validator = Draft202012Validator(schemas.plan_schema())
    assert list(validator.iter_errors(top)) == []
    del top["gap"]
    assert len(list(validator.iter_errors(top))) == 1
