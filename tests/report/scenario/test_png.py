"""The chart as PNG, and what is said where the extra is missing."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from emissions.errors import ResultError
from emissions.report.scenario import png
from emissions.report.scenario.files import save_comparison
from emissions.scenario.outcome.compare import Comparison
from emissions.vocabulary import describe


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "find_spec", lambda name: None)
    for call in (png.check_png, lambda: png.draw_png("<svg/>")):
        with pytest.raises(ResultError) as caught:
            call()
        assert "emissions[png]" in describe(caught.value.problems[0], "zh")


def test_the_picture_is_drawn_from_the_chart_beside_it(
    pair: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    renderer = ModuleType("resvg_py")
    renderer.svg_to_bytes = lambda svg_string, zoom: drawn.append(svg_string) or [137, 80]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "resvg_py", renderer)
    monkeypatch.setattr(png, "find_spec", lambda name: renderer)
    folder = save_comparison(pair, tmp_path / "out", language="zh", command="x", png=True)
    assert (folder / "paths.png").read_bytes() == bytes([137, 80])
    assert drawn == [(folder / "paths.svg").read_text(encoding="utf-8")]
    plain = save_comparison(pair, tmp_path / "plain", language="zh", command="x")
    assert not (plain / "paths.png").exists()


def test_the_renderer_gives_a_png() -> None:
    pytest.importorskip("resvg_py")
    size = 'width="4" height="4" viewBox="0 0 4 4"'
    assert png.draw_png(f'<svg xmlns="http://www.w3.org/2000/svg" {size}/>').startswith(b"\x89PNG")
