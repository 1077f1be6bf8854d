"""Grading: what is wrong in a class like micrograd's Value, found by small graphs and named as a teacher would."""
