"""Words: functions written once, in the words of a vocabulary `m`; `vocabularies.written` gives them to each.

A word of the core has a definition in each vocabulary by hand. One of these has its meaning here alone: run on arrays
it computes a batch, printed it becomes Python for numbers and a function for kernels. Like a row it may use `+ - *` and
words of `m`, never an `if`; what `m.where` does not choose may be inf or nan. Names that begin with an underscore are
parts of others: on numbers, those that are not chosen are not computed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

WORDS: dict[str, Callable[..., Any]] = {}


def word(function: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a word of a function of a vocabulary and numbers."""
    WORDS[function.__name__] = function
    return function
