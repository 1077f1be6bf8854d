"""fit: predict, loss, gradient, step, over and over, until a reason to stop."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..arguments.checks import list_of
from ..arguments.keywords import taking
from .callbacks.progress import Progress
from .history import History
from .plan import Plan
from .training import Training


@dataclass(frozen=True, kw_only=True)
class Shown(Plan):
    """The plan of a training whose progress is shown.

    Args:
        progress: whether to show one line of progress; None only on a terminal.
    """

    progress: bool | None = None


@taking(Shown)
def fit(plan: Shown) -> History:
    """Trains `model` on the rows `X` and their targets `y`, and returns the history.

    An epoch sees every sample once, in a new order. The loss of a batch is the mean of the losses of its samples; the
    loss of an epoch is the mean over its samples, each as it was before the step that learned from it.

    >>> import nn
    >>> model = nn.MLP(1, [1], seed=0)
    >>> X, y = [0, 1, 2, 3], [1, 3, 5, 7]
    >>> history = nn.fit(model, X, y, loss=nn.mean_squared_error, batch_size=None, acceptable=1e-6)
    >>> print(history.stop_reason)
    loss acceptable: 9.3e-07 <= 1e-06 after 95 epochs
    >>> print(f"{model([10.0]):.1f}")
    21.0

    {arguments}

    Training stops, with its reason in `stop_reason`, when the loss is acceptable, when there is no improvement, when
    the epochs are done, when it is interrupted (Ctrl-C; a step is never left half done), or when a loss or a gradient
    is not finite: then the parameters are as after the last step, or the best that a callback kept.

    Raises:
        TypeError, ValueError: an argument is wrong, X and y are empty or of different lengths, a number of theirs is
            not finite, or `loss` rejects a target. Nothing has changed then.
    """
    training = Training.of(replace(plan, callbacks=[*list_of(plan.callbacks), Progress(plan.progress)]))
    try:
        training.run()
    except KeyboardInterrupt:
        training.stop(f"interrupted by Ctrl-C in epoch {training.history.epochs + 1}")
    finally:
        training.finish()
    return training.history
