"""Numbers in the notebooks' prose: they are what arithmetic without this package says."""

import importlib
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "notebooks"))
recompute = importlib.import_module("recompute")


@pytest.mark.parametrize(("name", "text", "claims"), recompute.texts(), ids=lambda x: x if "." in str(x)[:60] else "")
def test_numbers_in_prose_are_those_of_arithmetic(name, text, claims):
    assert claims, f"nothing of {name} is recomputed"
    assert [fault for claim in claims for fault in recompute.faults(text, claim)] == []


def test_a_wrong_number_and_a_missing_piece_are_found():
    assert recompute.faults("a loss of 0.05, and", ("a loss of {},", [0.0500001])) == []
    assert "it is 0.056" in recompute.faults("a loss of 0.05, and", ("a loss of {},", [0.056]))[0]
    assert recompute.faults("minus −3 here", ("minus {} here", [-3])) == []
    assert "not in the text" in recompute.faults("a loss", ("a gain of {}", [1]))[0]


def test_the_recomputation_uses_nothing_of_this_package():
    imported = re.findall(r"^(?:from|import) (\w+)", Path(recompute.__file__).read_text(), re.MULTILINE)
    assert {*imported} <= {"__future__", "random", "re", "sys", "math", "pathlib", "numpy"}
