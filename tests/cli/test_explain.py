"""`workbench clusters --explain` and `workbench compare`: why a cluster has its score."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.cli.conftest import Bench


def _clusters(bench: Bench, case: Path) -> list[dict[str, object]]:
    listed = bench("clusters", case, "--format", "jsonl")
    return [json.loads(line) for line in listed.out.splitlines()]


def test_the_points_on_the_card_sum_to_the_score_of_the_list(
    bench: Bench, built_case: Path
) -> None:
    rows = _clusters(bench, built_case)
    assert list(rows[0])[-2:] == ["call", "coordination"]
    for row in (rows[0], rows[-1]):
        told = bench("clusters", built_case, "--explain", str(row["cluster_id"]))
        assert told.code == 0
        assert told.first.startswith(f"{row['cluster_id']}  {row['call']}: ")
        lines = told.out.splitlines()
        end = next(place for place, line in enumerate(lines) if line.startswith("Sum "))
        points = [float(found[1]) for line in lines[:end]
                  if (found := re.match(r"  ([+-]\d+\.\d\d)  ", line))]  # fmt: skip
        stated = float(lines[end].split()[1].rstrip(","))
        assert abs(sum(points) - stated) < 0.006 * len(points)
        assert f"{row['score']:.3f}" in lines[end]
        for word in ("Why", "Why not", "Not told by the extracts"):
            assert word in lines


def test_the_lines_can_be_had_as_rows(bench: Bench, built_case: Path) -> None:
    first = str(_clusters(bench, built_case)[0]["cluster_id"])
    told = bench("clusters", built_case, "--explain", first, "--format", "jsonl")
    for line in map(json.loads, told.out.splitlines()):
        sign = -1 if line["axis"] == "benign" else 1
        assert abs(line["points"] - sign * line["weight"] * (line["level"] or 0)) < 1e-4


def test_what_cannot_be_explained_or_compared_is_said(bench: Bench, built_case: Path) -> None:
    first = str(_clusters(bench, built_case)[0]["cluster_id"])
    assert bench("clusters", built_case, "--explain", "C-none").code == 1
    assert bench("clusters", built_case, "--explain", first, "--near").code == 2
    assert bench("compare", built_case, first, first).code == 2
    refused = bench("compare", built_case, first, "C-none")
    assert refused.code == 1
    assert "no cluster “C-none”" in refused.err


def test_two_clusters_stand_side_by_side(bench: Bench, built_case: Path) -> None:
    one, other = (str(row["cluster_id"]) for row in _clusters(bench, built_case)[:2])
    told = bench("compare", built_case, one, other, "--format", "jsonl")
    rows = [json.loads(line) for line in told.out.splitlines()]
    assert told.code == 0
    assert {row["part"] for row in rows} >= {"score", "in one"}
    back = bench("compare", built_case, other, one, "--format", "jsonl")
    turned = {(row["part"], row["name"]): row for row in map(json.loads, back.out.splitlines())}
    for row in rows:
        mirror = turned[row["part"], row["name"]]
        assert (row["one"], row["the_other"]) == (mirror["the_other"], mirror["one"])
