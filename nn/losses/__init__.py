"""LOSS: how wrong the predictions are, as one number to make small: each a function (predictions, targets).

What is meant is read off the predictions, the same way by every loss:

- a number is the one output of one sample: `mean_squared_error(model(x), 0.5)`
- a list of numbers is the outputs of one sample: `cross_entropy([0.1, 2.0, -1.0], 1)`
- a list of lists is several samples; the loss is the mean over them: `cross_entropy([model(x) for x in X], y)`

Where a model has one output, `[model(x) for x in X]` is a list of numbers; all losses that are means give the same for
"the outputs of one sample" and for "samples of one output", and `sum_squared_error` adds them up.

A target that stands alone may be given as a number or as a list of one. Predictions are Values or numbers; the loss
of numbers alone is a number. Shapes that do not fit, labels that do not exist and targets that are nan raise a
ValueError. With `weights`, one for each of several samples, the mean is sum(weight * loss) / sum(weight); a list of
numbers is then several samples of one output.
"""

from . import entropy, errors
from .entropy import *  # noqa: F403
from .errors import *  # noqa: F403

__all__: list[str] = []
__all__ += entropy.__all__
__all__ += errors.__all__
