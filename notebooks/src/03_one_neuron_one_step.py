# %% [markdown]
# # 3. One neuron, one step
#
# **The question: what exactly happens when a neuron learns from one example?**
#
# A neuron reads some numbers, weighs each, adds them up together with a number of its own, and presses the sum into a
# range:
#
# $$z = w_1 x_1 + w_2 x_2 + b, \qquad \hat y = \sigma(z).$$
#
# The *weights* $w_1, w_2$ say how much each input counts, and in which direction. The *bias* $b$ says how easily the
# neuron fires if nothing comes in. The *activation* $\sigma$ keeps the answer between 0 (no) and 1 (yes). Learning
# means: change $w_1$, $w_2$ and $b$, so that the answer gets better. It goes in six stages, and this notebook does each
# by hand.

# %% [markdown]
# ## The activation
#
# The **sigmoid** is $\sigma(z) = \dfrac{1}{1 + e^{-z}}$. **Predict** $\sigma(0)$. What does it approach for very large
# and for very small $z$? Its slope has a short form, $\sigma'(z) = \sigma(z)\,(1 - \sigma(z))$. Where is it steepest?

# %% tags=["predict"]
my_guess = 0.5, 1, 0, 0  # σ(0), σ for very large z, for very small z, and the z at which it is steepest
# slip 0, 1, 0, 0 -> e to the power of 0 is 1: what is 1 / (1 + 1)?
# slip 0.5, 1, -1, 0 -> for very small z, e to the power of -z is huge; but the fraction is never negative.

# %%
import matplotlib.pyplot as plt
import numpy as np

from autograd import grad, sigmoid

zs = np.linspace(-8, 8, 161)
figure, axes = plt.subplots()
axes.plot(zs, [sigmoid(z) for z in zs], label="sigmoid")
axes.plot(zs, [grad(sigmoid)(z) for z in zs], label="its slope")
axes.set(xlabel="z")
axes.legend()
plt.show()

# %% [markdown]
# $\sigma(0) = \tfrac12$, undecided, and there the slope is largest: $\tfrac12 \times \tfrac12 = \tfrac14$. Toward both
# ends the curve flattens out. Keep that in mind: it will make trouble.
#
# ## 1. INIT: begin somewhere
#
# Before training, weights are random. Here they are chosen so that a pencil is enough. The example to learn from has
# the inputs 2 and 1, and the answer should be 1 ("yes").

# %%
from autograd import Value

x1, x2 = Value(2.0, label="x1"), Value(1.0, label="x2")
w1, w2, b = Value(0.5, label="w1"), Value(-1.0, label="w2"), Value(0.0, label="b")
wanted = 1.0

# %% [markdown]
# ## 2. PREDICT: from the inputs to an answer
#
# **Predict** $z$ and $\hat y$: $\;0.5 \times 2 + (-1) \times 1 + 0 = \;?$

# %% tags=["predict"]
my_guess = 0, 0.5  # z, and the prediction
# slip 2, 0.88 -> w2 is negative.
# slip 0, 0 -> the neuron says σ(0), and that is not 0.

# %%
z = w1 * x1 + w2 * x2 + b
prediction = sigmoid(z)
z.label, prediction.label = "z", "ŷ"
print("z =", z.data, "  prediction =", prediction.data)

# %% [markdown]
# ## 3. LOSS: how wrong is that?
#
# The neuron is undecided, where it should say 1. We need *one* number for how wrong it is. The squared error will do:
# $(\hat y - 1)^2 = (-0.5)^2 = 0.25$.

# %%
loss = (prediction - wanted) ** 2
loss.label = "loss"
print("loss =", loss.data)

# %% [markdown]
# ## 4. GRADIENT: who is to blame?
#
# Now the walk back of the [last notebook](02_the_tape_and_the_walk_back.ipynb). With a pencil, from the right:
#
# - the loss by the prediction: $2\,(\hat y - 1) = -1$;
# - times the slope of the sigmoid at 0, which is $\tfrac14$, gives the loss by $z$: $-0.25$;
# - times the inputs gives the loss by the weights: $-0.25 \times 2 = -0.5$ and $-0.25 \times 1 = -0.25$;
# - and by the bias: $-0.25$.
#
# Find each of these in the two pictures. The first goes from the loss back to $z$:

# %%
from autograd import draw

loss.backward()
draw(loss, depth=3)

# %% [markdown]
# and the second from $z$ back to the weights.

# %%
draw(z)

# %% [markdown]
# All are negative: the loss falls when $w_1$, $w_2$ or $b$ grows. It falls fastest with $w_1$, because the first input
# is the larger one, so its weight has more of a say.
#
# ## 5. STEP: a little better
#
# The gradient points to where the loss *grows*. We want less of it and go the opposite way:
#
# $$\text{new} = \text{old} - \text{rate} \times \text{gradient}.$$
#
# **Predict** the new weights and the new bias for a rate of 1.

# %% tags=["predict"]
my_guess = 1.0, -0.75, 0.25  # the new w1, w2 and b
# slip 0.0, -1.25, -0.25 -> a sign: the gradient points uphill, so it is subtracted.
# slip -0.5, -0.25, -0.25 -> these are the gradients; the step subtracts them from the old weights.
# slip 0.5, 0.25, 0.25 -> these are the changes; add them to the old weights.

# %%
rate = 1.0
for parameter in [w1, w2, b]:
    old = parameter.data
    parameter.data = old - rate * parameter.grad
    print(f"{parameter.label} = {old} - {rate} × ({parameter.grad}) = {parameter.data}")

# %% [markdown]
# Is it better now? $z$ becomes $1 \times 2 - 0.75 \times 1 + 0.25 = 1.5$, and $\sigma(1.5) \approx 0.82$:

# %%
after = (sigmoid(w1 * x1 + w2 * x2 + b) - wanted) ** 2
print(f"the loss was {loss.data} and is {after.data:.4f}")

# %% [markdown]
# One step, and the loss is less than a seventh of what it was.
#
# ## 6. STOP: good enough?
#
# Stages 2 to 5 are repeated until the loss is acceptable. Gradients *add up* on the weights (in the last notebook you
# saw why they must), so before each walk back the old ones are forgotten with `zero_grad()`.

# %%
step = 1
while after > 0.01:
    for parameter in [w1, w2, b]:
        parameter.zero_grad()
    after.backward()
    for parameter in [w1, w2, b]:
        parameter.data -= rate * parameter.grad
    after = (sigmoid(w1 * x1 + w2 * x2 + b) - wanted) ** 2
    step += 1
    print(f"after step {step}: loss {after.data:.4f}")

# %% [markdown]
# These are the six stages of all training: **INIT, PREDICT, LOSS, GRADIENT, STEP, STOP**. Larger networks add weights
# and examples, but no seventh stage. In the package `nn` the same looks like this:

# %%
import nn

neuron = nn.Neuron(2, "sigmoid")
for parameter, start in zip(neuron.parameters(), [0.5, -1.0, 0.0]):
    parameter.data = start  # INIT, as above
optimizer = nn.SGD(neuron.parameters(), lr=1.0)
prediction = neuron([2.0, 1.0])  # PREDICT
loss = nn.mean_squared_error(prediction, 1.0)  # LOSS
optimizer.zero_grad()
loss.backward()  # GRADIENT
optimizer.step()  # STEP
print([parameter.data for parameter in neuron.parameters()])

# %% [markdown]
# ## The bias is a weight too
#
# The gradient of $b$ was that of $w_2$, whose input happened to be 1. That is no accident. Give the neuron one more
# input which is always 1, and call its weight $w_0$. Then $z = w_1 x_1 + w_2 x_2 + w_0 \times 1$, and $w_0$ *is* the
# bias.

# %%
ones = [Value(1.0, label="1"), Value(2.0, label="x1"), Value(1.0, label="x2")]
weights = [Value(0.0, label="w0"), Value(0.5, label="w1"), Value(-1.0, label="w2")]
z = sum(w * x for w, x in zip(weights, ones))
loss = (sigmoid(z) - 1.0) ** 2
loss.backward()
print({w.label: w.grad for w in weights})

# %% [markdown]
# The same numbers, without a word about a bias. Some books write neurons in this way.
#
# ## What a neuron sees
#
# With two inputs an example is a point in the plane. The neuron says *yes* where $z > 0$ and *no* where $z < 0$, so the
# border between the two is the straight line $w_1 x_1 + w_2 x_2 + b = 0$. With $w_1 = w_2 = 1$ and $b = -4$ that is the
# line $x_1 + x_2 = 4$. Below are six examples. One of them, at $(1, 2)$, should be a *yes* and lies on the wrong side.

# %%
yes = np.array([[3.0, 3.0], [2.0, 4.0], [1.0, 2.0]])
no = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.5]])


def show(w1, w2, b):
    figure, axes = plt.subplots(figsize=(4.2, 4.0))
    axes.plot(*yes.T, "o", *no.T, "s", markersize=9)
    axes.axline((0, -b / w2), slope=-w1 / w2, color="black")
    axes.set(xlim=(-0.5, 5), ylim=(-0.5, 5), xlabel="x1", ylabel="x2", aspect="equal")
    axes.set_title(f"{w1:.2f} x1 + {w2:.2f} x2 {b:+.2f} = 0")
    return figure


# %%
show(1.0, 1.0, -4.0)
plt.show()

# %% [markdown]
# What will a few steps with this one example do? The gradient of a weight is its input times the loss by $z$, and that
# of the bias is 1 times the same number. So each step adds a multiple of $(1, 2)$, the point itself, to $(w_1, w_2)$,
# and the same multiple of 1 to $b$. **Predict** in which direction the line moves. Then use the slider.

# %% tags=["predict"]
my_guess = "towards"  # does the line move "towards" the point (1, 2), or "away" from it?
# slip "away" -> the point should come to lie on the other side: the line has to pass over it.

# %%
neuron = nn.Neuron(2, "sigmoid")
for parameter, start in zip(neuron.parameters(), [1.0, 1.0, -4.0]):
    parameter.data = start
optimizer = nn.SGD(neuron.parameters(), lr=0.5)
lines = []
for _ in range(12):
    lines.append([parameter.data for parameter in neuron.parameters()])
    optimizer.zero_grad()
    nn.mean_squared_error(neuron([1.0, 2.0]), 1.0).backward()
    optimizer.step()

# %%
from autograd import slide

slide(lambda step: show(*lines[step]), step=range(12))

# %% [markdown]
# **A misclassified point pulls the border over itself.** The border turns, too, since the point lies farther along
# $x_2$ than along $x_1$. Slide to the end: pulled by this one point alone, the border also runs over the square at $(2,
# 0.5)$. That is why all examples must have their say. Each pulls in its own direction, and the border comes to rest
# where the pulls balance.
#
# How hard does each of the six pull at the start? As hard as the loss changes with $z$:

# %%
for point, target in [*((p, 1.0) for p in yes), *((p, 0.0) for p in no)]:
    z = Value(point.sum() - 4.0)
    loss = (sigmoid(z) - target) ** 2
    loss.backward()
    print(f"{point}: z = {z.data:4}, loss {loss.data:.3f}, pull {-z.grad:+.3f}")

# %% [markdown]
# The misclassified one pulls by far the hardest. Next is $(2, 0.5)$, on its right side but near the border. Those far
# on their right side hardly pull at all: they have nothing to learn. But look at the reason for it. The sigmoid is flat
# there. It is just as flat on the *wrong* side.
#
# ## A failure: very wrong, and unable to learn
#
# Take a neuron that is as wrong as can be: $z = -10$, where *yes* is wanted. **Predict**: it has the most to learn, so
# its first step will be ... ?

# %% tags=["predict"]
my_guess = "tiny"  # is its first step "large" or "tiny"?
# slip "large" -> it ought to be. But look at the slope of the sigmoid at -10.

# %%
w = Value(-10.0, label="w")
for step in range(1001):
    loss = (sigmoid(w * 1.0) - 1.0) ** 2
    w.zero_grad()
    loss.backward()
    if step in (0, 10, 100, 1000):
        print(f"step {step:4}: w = {w.data:.4f}, loss {loss.data:.6f}, gradient {w.grad:.6f}")
    w.data -= 1.0 * w.grad

# %% [markdown]
# A thousand steps, and it has barely moved. The loss is nearly 1, and yet its gradient is nearly 0, because on the walk
# back everything is multiplied by the slope of the sigmoid, and at -10 that slope is 0.000045. The neuron is
# **saturated**: it is so sure of itself that nothing gets through to it.
#
# Nothing is wrong with the walk back. We have asked the wrong question of it. Measured by another loss, which grows
# without end for a confident mistake, the pull is as strong as it should be:

# %%
z = Value(-10.0, label="z")
nn.binary_cross_entropy_with_logits(z, 1.0).backward()
print(f"gradient by z: {z.grad:.6f}")

# %% [markdown]
# Why just this loss, and where it comes from, is the subject of notebook 8.
#
# ## Exercises
#
# **1. A step by hand.** A neuron has $w_1 = 2$, $w_2 = 2$, $b = 0$. The example has the inputs 1 and -1, and 0 is
# wanted. The loss is the squared error, the rate is 2. What are the weights and the bias after one step?

# %%
new_w1, new_w2, new_b = ..., ..., ...

# %%
if new_w1 is not ...:
    neuron = nn.Neuron(2, "sigmoid")
    for parameter, start in zip(neuron.parameters(), [2.0, 2.0, 0.0]):
        parameter.data = start
    nn.mean_squared_error(neuron([1.0, -1.0]), 0.0).backward()
    nn.SGD(neuron.parameters(), lr=2.0).step()
    assert [new_w1, new_w2, new_b] == [p.data for p in neuron.parameters()], "begin with z, then the loss by z"
    print("Right.")

# %% tags=["check"]
[new_w1, new_w2, new_b]
# slip new_w1, new_w2, new_b = 2.5, 1.5, 0.5 -> a sign: the gradient is subtracted.
# slip new_w1, new_w2, new_b = 1.75, 2.25, -0.25 -> the rate is 2.
# slip new_w1, new_w2, new_b = 0, 4, -2 -> the loss by the prediction is times the slope of the sigmoid, 1/4.
# slip new_w1, new_w2, new_b = 1.75, 2.25, -0.5 -> the rate multiplies all three gradients.
# slip new_w1, new_w2, new_b = 1.5, 1.5, -0.5 -> the second input is -1, so the gradient of its weight is negative.

# %% [markdown]
# <details><summary>Solution</summary>
#
# $z = 2 - 2 + 0 = 0$, so the prediction is 0.5 and the loss 0.25. The loss by the prediction is $2 \times 0.5 = 1$, by
# $z$ it is $1 \times 0.25 = 0.25$, by the weights $0.25 \times 1$ and $0.25 \times (-1)$, by the bias 0.25. Each times
# the rate 2, and subtracted:
#
# ```python
# new_w1, new_w2, new_b = 1.5, 2.5, -0.5
# ```
# </details>
#
# **2. A neuron that computes AND.** Find, without any training, weights and a bias such that the neuron says *yes*
# (more than 0.5) if both inputs are 1, and *no* for the three other pairs of 0 and 1. Think of the border as a line.

# %%
and_w1, and_w2, and_b = ..., ..., ...

# %%
if and_w1 is not ...:
    for x1, x2 in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        answer = sigmoid(and_w1 * x1 + and_w2 * x2 + and_b)
        print(f"{x1} AND {x2}: {answer:.2f}")
        assert (answer > 0.5) == (x1 == x2 == 1), f"wrong for {x1} and {x2}"
    print("Right.")

# %% tags=["check"]
from autograd import sigmoid

inputs = [(0, 0), (0, 1), (1, 0), (1, 1)]
[bool(sigmoid(and_w1 * x1 + and_w2 * x2 + and_b) > 0.5) for x1, x2 in inputs]
# slip and_w1, and_w2, and_b = 1, 1, -0.5 -> that is OR: one input is enough for it. Move the line farther out.
# slip and_w1, and_w2, and_b = -1, -1, 1.5 -> just the opposite: yes is where z is above 0.
# slip and_w1, and_w2, and_b = 1, 1, 0.5 -> it always says yes: how large must the sum be before it does?
# slip and_w1, and_w2, and_b = 1, 1, -3 -> it never says yes: the border lies beyond all four points.

# %% [markdown]
# <details><summary>Solution</summary>
#
# The line $x_1 + x_2 = 1.5$ has $(1, 1)$ on one side and the three others on the other. There are many more such lines.
#
# ```python
# and_w1, and_w2, and_b = 1, 1, -1.5
# ```
# </details>
#
# ## Recap
#
# - INIT, PREDICT, LOSS, GRADIENT, STEP, STOP: that is all of training.
# - The gradient of a weight is its input times what arrives at $z$; a bias is the weight of an input that is always 1.
# - A neuron divides the plane by a straight line, and a misclassified point pulls that line over itself.
# - Where the activation is flat, nothing is learned, however wrong the answer.
#
# **Next: [4. Fitting a line](04_fitting_a_line.ipynb)**: many examples, and which error to make small.
