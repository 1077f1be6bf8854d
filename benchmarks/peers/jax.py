"""JAX on the CPU: traced once and compiled by XLA (`jit`), in float64 on one thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import array_formulas as formulas
import jax
import jax.numpy as jnp
from task import Task

from .array_engine import Array, Arrays, Step, hinge_loss, matrices
from .array_engine import task as task_of

jax.config.update("jax_enable_x64", True)


def about() -> str:
    return f"JAX {jax.__version__}"


class Jax(Arrays):
    relu, exp, sum, mean, transpose = jax.nn.relu, jnp.exp, jnp.sum, jnp.mean, jnp.transpose

    @staticmethod
    def cross_entropy(logits: Array, labels: Array) -> Array:
        picked = jnp.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
        return jnp.mean(jax.nn.logsumexp(logits, axis=1) - picked)

    def array(self, x: Any) -> Array:
        return jnp.array(x)

    def gradient(self, formula: Callable[..., Array], parameters: list[Array], fixed: tuple[Any, ...] = ()) -> Step:
        both = jax.jit(jax.value_and_grad(formula))
        arrays = [jnp.array(p) for p in parameters]
        found: list[Any] = []

        def step() -> None:
            found[:] = jax.block_until_ready(both(arrays, *fixed))

        return step, None, lambda: [found[0], *found[1]]

    def training(
        self, formula: Callable[..., Array], parameters: list[Array], batches: list[tuple[Array, ...]], rate: float
    ) -> Step:
        gradient = jax.grad(formula)

        @jax.jit
        def updated(arrays: list[Array], *batch: Array) -> list[Array]:
            return [p - rate * d for p, d in zip(arrays, gradient(arrays, *batch))]

        now = [jnp.array(p) for p in parameters]

        def step() -> None:
            for batch in batches:
                now[:] = updated(now, *batch)
            jax.block_until_ready(now)

        return step, None, lambda: now


def epoch(inputs: dict[str, Any]) -> Task:
    """Online gradient descent over all samples, with the loop inside `jit`."""

    def trained(arrays: list[Array], update: Any, X: Array, y: Array) -> list[Array]:
        return jax.lax.scan(lambda now, sample: (update(now, *sample), None), arrays, (X, y))[0]

    return restarted(inputs, trained, jnp.array(inputs["X"])[:, None], jnp.array(inputs["y"])[:, None])


def descent(inputs: dict[str, Any]) -> Task:
    """Whole steps of gradient descent, with the loop inside `jit`."""

    def trained(arrays: list[Array], update: Any, X: Array, y: Array) -> list[Array]:
        return jax.lax.fori_loop(0, inputs["steps"], lambda _, now: update(now, X, y), arrays)

    return restarted(inputs, trained, jnp.array(inputs["X"]), jnp.array(inputs["y"]))


def restarted(inputs: dict[str, Any], trained: Callable[..., list[Array]], *given: Array) -> Task:
    """A training from the same start each time."""
    gradient = jax.grad(partial(hinge_loss, Jax, l2=inputs["l2"]))

    def update(arrays: list[Array], X: Array, y: Array) -> list[Array]:
        return [p - inputs["rate"] * d for p, d in zip(arrays, gradient(arrays, X, y))]

    run = jax.jit(lambda arrays, X, y: trained(arrays, update, X, y))
    start = [jnp.array(p) for p in matrices(inputs["layers"])]
    found: list[Array] = []

    def step() -> None:
        found[:] = jax.block_until_ready(run(start, *given))

    return task_of((step, None, lambda: found), by_neuron=True)


def hessian(inputs: dict[str, Any]) -> Task:
    second = jax.jit(jax.hessian(lambda x: formulas.rosenbrock(Jax, x)))
    x = jnp.array(inputs["x"])
    found: list[Any] = []

    def step() -> None:
        found[:] = [jax.block_until_ready(second(x))]

    return Task(step, lambda: found[0].ravel().tolist())


TASKS = {**Jax().tasks(), "epoch": epoch, "descent": descent, "rosenbrock hessian": hessian}
del TASKS["chain"]
LEFT_OUT = {"chain": "XLA compiles every operation of it before the first step"}
