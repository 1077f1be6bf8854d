"""The character-level GPT of examples/: what it learns compiled is what it learns eagerly, and it packs."""

import sys
from pathlib import Path

import pytest

import autograd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))
import gpt


def losses(steps, compiled):
    model = gpt.Model()
    if compiled:
        return gpt.train(model, autograd.compile(model.loss).backward, steps)

    def loss(tokens):
        root = model.loss(tokens)
        root.backward()
        return root.data

    return gpt.train(model, loss, steps)


@pytest.mark.parametrize("steps", [3, pytest.param(200, marks=pytest.mark.slow)])
def test_the_loss_curve_of_the_gpt_is_the_eager_one(steps):
    assert losses(steps, True) == pytest.approx(losses(steps, False), abs=1e-9)


def test_a_word_of_eight_positions_packs_into_at_most_fifty_blocks():
    model = gpt.Model()
    loss = autograd.compile(model.loss)
    loss.backward(gpt.tokens_of("juniper"))
    assert len(model.parameters()) == 4192
    assert len(loss.program.packed.blocks) <= 50


@pytest.mark.slow
def test_the_gpt_writes_words_of_its_letters():
    words = gpt.write(gpt.Model(), 2)
    assert all(set(word) <= set(gpt.SYMBOLS) for word in words)
