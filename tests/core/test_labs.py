"""Lab values: read for certain or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_cme.core.labs import LabValue, read_lab_value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Na 128 mmol/L (135-145)", LabValue("Na", "128", "mmol/L", "135–145", "low")),
        ("K 5.9 mmol/L (3.5 – 5.0)", LabValue("K", "5.9", "mmol/L", "3.5–5.0", "high")),
        ("K 3.5 mmol/L (3.5-5.0)", LabValue("K", "3.5", "mmol/L", "3.5–5.0", "normal")),
        ("Hb 7,2 g/dL (12 to 16)", LabValue("Hb", "7,2", "g/dL", "12–16", "low")),
        ("Platelets 1,200 /nL (150-400)", LabValue("Platelets", "1,200", "/nL", "150–400", "high")),
        ("Vitamin B12 180 pmol/L (>200)", LabValue("Vitamin B12", "180", "pmol/L", ">200", "low")),
        ("Factor 8 120 % (50-150)", LabValue("Factor 8", "120", "%", "50–150", "normal")),
        ("eGFR 45 mL/min/1.73 m²", LabValue("eGFR", "45", "mL/min/1.73 m²", "", "")),
        ("pH 7.31", LabValue("pH", "7.31", "", "", "")),
        ("BE -8 mmol/L (-2-2)", LabValue("BE", "-8", "mmol/L", "-2 to 2", "low")),
        ("Troponin <5 ng/L (<14)", LabValue("Troponin", "<5", "ng/L", "<14", "")),
        ("CRP < 5 mg/L (5-10)", LabValue("CRP", "<5", "mg/L", "5–10", "low")),
        ("D-dimer >20 mg/L (<0.5)", LabValue("D-dimer", ">20", "mg/L", "<0.5", "high")),
        ("TSH 0.1 mU/L (≥0.4)", LabValue("TSH", "0.1", "mU/L", "≥0.4", "low")),
    ],
)
def test_a_value_is_read_and_judged(text: str, expected: LabValue) -> None:
    assert read_lab_value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "Na", "128 mmol/L", "Na 128 mmol/L (", "Na 128 mmol/L ()()", "Na 128 mmol/L (145-135)", "Na 128 mmol/L (normal)", "BE 1 mmol/L (-2 to +2)", "Na 1 g/L (1--2)",
        "Na one mmol/L", "<b>Na 128 mmol/L", "Na 128 <script>", "Na 1.2.3 mmol/L", "Na 12345678901 mmol/L", "x" * 121,
    ],
)  # fmt: skip
def test_what_is_not_certain_is_no_lab_value(text: str) -> None:
    assert read_lab_value(text) is None


@given(st.text(max_size=130))
def test_no_text_is_too_much(text: str) -> None:
    read_lab_value(text)
