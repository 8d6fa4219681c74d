"""Where compiled kernels are kept."""

from pathlib import Path

from scheduling.optimizer.compiled import kept_on_disk


def test_kernels_compiled_before_are_found_beside_their_modules(tmp_path: Path) -> None:
    assert not kept_on_disk(tmp_path)
    kept = tmp_path / "__pycache__"
    kept.mkdir()
    (kept / "anneal._drawn-73.py311.nbi").touch()
    assert kept_on_disk(tmp_path)
