# %% [markdown]
# # 12. Loops and choices
#
# **The question: a simulation is a loop of a thousand small steps, full of `if`. Can one learn from it what nature's
# numbers are?**
#
# Networks are not the only programs with parameters. A pendulum has a length, a ball has a bounciness, a planet has a
# mass; and a program that computes how they move can be differentiated like a network. Then descent finds the numbers
# that explain what was seen. Here is how, and what `compile` makes of the loops and the `if`s on the way.

# %% [markdown]
# ## A swing, filmed
#
# Somebody has filmed a swing for ten seconds, and has read its angle off the film four times a second. How long are
# the ropes, and how strong is the friction? Physics says how the speed of the angle changes:
#
# $$\ddot\theta = -\frac{9.81}{\ell}\,\sin\theta - c\,\dot\theta.$$
#
# Nobody can solve that with a formula. But one can take small steps: from the angle and the speed now to those a
# hundredth of a second later.

# %%
import random

import autograd
import nn
from autograd import Value


# %%
def swing(length, friction, seconds=10, h=0.01):
    angle, speed, seen = 0.8, 0.0, []
    for step in range(int(seconds / h)):
        speed = speed + h * (-9.81 / length * autograd.sin(angle) - friction * speed)
        angle = angle + h * speed
        if step % 25 == 24:
            seen.append(angle)
    return seen


# %%
chance = random.Random(3)
filmed = [angle + chance.gauss(0, 0.03) for angle in swing(2.4, 0.15)]
print(len(filmed), "angles:", *(f"{angle:.2f}" for angle in filmed[:8]), "...")

# %% [markdown]
# (We made the film ourselves, with ropes of 2.4 m and a friction of 0.15, so that we can see whether they are found.)
#
# The loss is as always: how far are the angles that the program computes from those that were seen?


# %%
def loss(length, friction):
    return nn.mean_squared_error(swing(length, friction), filmed)


length, friction = Value(2.0, label="length"), Value(0.3, label="friction")
print(f"{loss(length, friction).data:.4f}")

# %% [markdown]
# **Predict:** how many operations are recorded for one loss? Count the operations of one step (a division, a sine, two
# products and a subtraction in the brackets, a product by $h$ and a sum; then two more for the angle), and take about
# ten more for the loss.

# %% tags=["predict"]
my_guess = 9000  # operations, roughly
# within 0.06
# slip 9 -> that is for one step; there are 1,000.
# slip 1000 -> that is the number of steps; each has several operations.
# slip 40 -> that is the number of angles that are looked at.

# %%
with autograd.Tape() as tape:
    loss(length, friction)
print(len(tape), "operations")

# %% [markdown]
# ## What is recorded is a loop
#
# Nine thousand lines say the same again and again. `compile` looks for that: a stretch of the tape that comes again,
# in which each operation reads what it read in the turn before, or the counterpart of it. Such turns are written down
# once.

# %%
fast = autograd.compile(loss, argnums=(0, 1))
fast(2.0, 0.3)
print(fast.program)

# %% [markdown]
# The second line is the loop. (The first step stands alone because it begins with plain numbers: 0.8, and a speed of
# 0. The last line is the loss of 40 angles.) What goes on from turn to turn is what a turn writes and the next one
# reads. **Predict** which two numbers these are.

# %% tags=["predict"]
my_guess = "angle", "speed"  # of "angle", "speed", "length", "friction" and "time"
# slip "length", "friction" -> each turn reads them, and none writes them.
# slip "angle", "time" -> no operation needs the time: a swing does not know how late it is.

# %%
autograd.draw(fast.program)

# %% [markdown]
# On the way back the loop runs backwards: from the last turn to the first, each adjoint is passed on to the turn
# before. That is the chain rule of notebook 2, a thousand times. And the gradient is the same, to the last digits:

# %%
print(fast.value_and_grad(2.0, 0.3))
print(autograd.value_and_grad(loss, argnums=(0, 1))(2.0, 0.3))

# %% [markdown]
# ## The ropes, found
#
# Now it is the loop that you know: predict, loss, gradient, step.

# %%
adam = nn.Adam([length, friction], lr=0.02)
history = []
for _ in range(300):
    value, gradient = fast.value_and_grad(length.data, friction.data)
    history.append(value)
    length.grad, friction.grad = gradient
    adam.step()
print(f"length {length.data:.3f} m, friction {friction.data:.3f}, loss {history[-1]:.5f}")

# %%
import matplotlib.pyplot as plt

times = [0.25 * (k + 1) for k in range(len(filmed))]
plt.plot(times, filmed, "o", label="filmed")
plt.plot(times, swing(2.0, 0.3), label="before: 2.0 m, friction 0.3")
plt.plot(times, swing(length.data, friction.data), label="after")
plt.xlabel("seconds")
plt.ylabel("angle")
plt.legend(loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=3)
plt.show()

# %% [markdown]
# 2.4 m and 0.15, nearly: what is left of the loss is the noise of the film. **Predict** that loss: the film's noise
# has a standard deviation of 0.03.

# %% tags=["predict"]
my_guess = 0.0009  # the mean squared error of the true numbers, roughly
# within 0.0003
# slip 0.03 -> it is squared.
# slip 0 -> no swing passes through points that chance has moved.

# %%
print(f"{loss(2.4, 0.15):.5f}")

# %% [markdown]
# ## `if` is a choice
#
# A ball falls, and bounces. In a program that is an `if`. (Below the ground it has fallen a little too far, because a
# step ends there and not before; so its place is turned round as well.)


# %%
def bounce(height, bounciness, seconds=2, h=0.002):
    y, speed = height, 0.0
    for _ in range(int(seconds / h)):
        speed = speed - 9.81 * h
        y = y + speed * h
        if y < 0.0:
            y, speed = -bounciness * y, -bounciness * speed
    return y


# %%
ball = autograd.compile(bounce, argnums=(0, 1))
for height in (1.0, 1.2, 1.4):
    print(f"from {height} m: {ball(height, 0.8):.4f} m after two seconds")

# %% [markdown]
# From each height it bounces at other moments, so each time other comparisons come out otherwise. **Predict:** how
# often was the function recorded?

# %% tags=["predict"]
my_guess = 1  # recordings
# slip 3 -> once for each height, if each way through the program were kept by itself.
# slip 1000 -> once for each step, if ...; no.

# %%
print(ball.cache_info().recordings, "recording")
print(ball.explain_branches())

# %% [markdown]
# Once. Both arms of this `if` are plain arithmetic, so both can be computed, and the outcome chooses between the
# results: $\text{where}(y < 0,\ -b\,y,\ y)$. Nothing passes back through the arm that was not taken. What an arm does
# beyond arithmetic, printing or appending to a list, must not happen when it is not taken; such an `if` stays what it
# was in notebook 10, a way of its own that is recorded when it is first met.
#
# With choices a whole batch goes through one program, however differently its samples bounce:

# %%
many = autograd.compile(bounce, batch="height")
heights = [0.5 + 0.01 * k for k in range(200)]
ends = many(heights, 0.8)
print(many.cache_info().recordings, "recording for", len(ends), "balls")

# %%
plt.plot(heights, ends)
plt.xlabel("height at the start (m)")
plt.ylabel("height after two seconds (m)")
plt.show()

# %% [markdown]
# Where the curve has a kink, a ball is just touching the ground. The small teeth are the steps' fault: a ball bounces
# at the end of a step, up to two thousandths of a second too late. A derivative is that of the program, teeth and all;
# whoever wants that of nature takes smaller steps.
#
# ## A loop that is never written out
#
# A year of a planet in a hundred thousand small steps: all these turns need not even be recorded. With
# `autograd.repeat` a few are, and if these are alike, the rest is taken to be like them. What a turn must not do then
# is whatever would make it another one: ask for its number, count, append to a list. If it does, all turns are
# recorded, and the result is the same.


# %%
def orbit(speed, steps=100_000, h=0.0000628):  # 6.28, or 2 pi, is a year
    x, y, vx, vy = 1.0, 0.0, 0.0, speed
    for _ in autograd.repeat(steps):
        cubed = (x * x + y * y) ** 1.5
        vx, vy = vx - h * x / cubed, vy - h * y / cubed
        x, y = x + h * vx, y + h * vy
    return x * x + y * y


planet = autograd.compile(orbit)
print(planet.value_and_grad(1.0))
print(planet.program)

# %% [markdown]
# With a speed of 1 the orbit is a circle: after 100,000 steps the distance is still 1, but for what the steps are too
# long. And the derivative says what a little more speed would have done.

# %% [markdown]
# ## Exercises
#
# **1. How bouncy?** A ball is dropped from 1 m. One second later it has bounced once, and is at 0.35 m. Find its
# `bounciness` by descent: from 0.9 on, with the squared difference as the loss, a rate of 0.02 and 100 steps.
#
# (Compile a loss that calls `bounce(1.0, b, seconds=1)`, and let `nn.SGD` take its gradient.)

# %%
found = ...

# %%
if found is not ...:
    assert abs(bounce(1.0, found, seconds=1) - 0.35) < 1e-3, "where is the ball after one second?"
    print("Right: three quarters of the speed is left.")

# %% tags=["check"]
found
# within 0.002
# slip found = 0.35 -> that is the height that was seen.
# slip found = 0.8 -> that ends at 0.47 m: is the loss for one second, and not for two?

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# bounciness = Value(0.9)
# drop = autograd.compile(lambda b: (bounce(1.0, b, seconds=1) - 0.35) ** 2)
# sgd = nn.SGD([bounciness], lr=0.02)
# for _ in range(100):
#     _, bounciness.grad = drop.value_and_grad(bounciness.data)
#     sgd.step()
# found = bounciness.data
# ```
# </details>
#
# Try two seconds instead of one, other heights and other starts. With more bounces the curve has kinks and several
# slopes, as the one above, and where descent arrives depends on where it starts.
#
# **2. Without an `if`.** Write what `compile` writes: one step of the ball, in which `autograd.where(condition, a, b)`
# takes the place of the `if`. (Where the condition is 1 it is `a`, where it is 0 it is `b`. `autograd.less(y, 0.0)` is
# such a condition.)


# %%
def step(y, speed, bounciness, h=0.002):
    return ...


# %%
if step(1.0, 0.0, 0.8) is not ...:
    assert step(1.0, 0.0, 0.8) == (1.0 - 9.81 * 0.002**2, -9.81 * 0.002), "a ball that falls freely"
    assert step(0.001, -3.0, 0.8)[0] > 0.0, "a ball that would be below the ground"
    print("Right: both ways are computed, and one of them counts.")

# %% tags=["check"]
[*step(1.0, 0.0, 0.8), *step(0.001, -3.0, 0.8), *step(0.5, 2.0, 0.3)]
# slip step = lambda y, v, b, h=0.002: (y + (v - 9.81 * h) * h, v - 9.81 * h) -> nothing bounces.

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def step(y, speed, bounciness, h=0.002):
#     speed = speed - 9.81 * h
#     y = y + speed * h
#     below = autograd.less(y, 0.0)
#     bounced = -bounciness * y, -bounciness * speed
#     return autograd.where(below, bounced[0], y), autograd.where(below, bounced[1], speed)
# ```
# </details>

# %% [markdown]
# ## Recap
#
# - A simulation is a program with parameters like any other: predict, loss, gradient, step.
# - `compile` finds the loops in what was recorded, and runs them as loops, forward and back.
# - An `if` whose arms only compute is a choice inside the program; others are watched.
# - `autograd.repeat` is for loops too long to be recorded.
#
# Adam has found the ropes, and not plain descent. Why, is in
# [13. Adam, weight decay, dropout, initialisation](13_adam_weight_decay_dropout_initialisation.ipynb).
