"""What a run of Timefold gave, kept on disk by the hash of its input, so that it can be taken up again."""

import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from benchmarks.meetings.score import Score
from benchmarks.timefold.java import ROOT

FOLDER: Final = ROOT / ".aside" / "bench-timefold"
_BETWEEN_POINTS_MS: Final = 100


@dataclass(slots=True, kw_only=True)
class Run:
    """The best score over time: ``curve`` holds (milliseconds, hard, medium, soft), better each time.

    ``seconds`` is how long it has run, ``resumed`` how often it was taken up from its best solution.
    """

    key: str
    curve: list[tuple[int, int, int, int]] = field(default_factory=list)
    seconds: float = 0.0
    resumed: int = 0

    @classmethod
    def of(cls, *inputs: bytes) -> Self:
        """Return the run of these inputs: as it was kept, or one that has not begun."""
        key = sha256(b"\0".join(inputs)).hexdigest()
        path = FOLDER / f"{key}.json"
        if not path.exists():
            return cls(key=key)
        kept = json.loads(path.read_text())
        return cls(**kept | {"curve": [tuple(point) for point in kept["curve"]]})

    @property
    def solution(self) -> Path:
        """Where its best solution is, or will be."""
        return FOLDER / f"{self.key}.solution"

    @property
    def best(self) -> Score:
        """The best score so far; ValueError where there is none."""
        if not self.curve:
            raise ValueError("nothing was solved yet")
        return Score(*self.curve[-1][1:])

    def add(self, milliseconds: int, score: Score) -> None:
        """Note a better score; of those within a tenth of a second the last one stays."""
        self.seconds = milliseconds / 1000
        if len(self.curve) > 1 and milliseconds - self.curve[-2][0] < _BETWEEN_POINTS_MS:
            self.curve.pop()
        self.curve.append((milliseconds, *score))

    def reached(self, score: Score) -> float | None:
        """Return after how many seconds it was at ``score`` or better, None where it never was."""
        times = (point[0] for point in self.curve if Score(*point[1:]) <= score)
        first = next(times, None)
        return None if first is None else first / 1000

    def keep(self) -> None:
        """Write the run to disk, whole or not at all."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        fresh = FOLDER / f"{self.key}.fresh"
        fresh.write_text(json.dumps(asdict(self)))
        fresh.replace(FOLDER / f"{self.key}.json")
