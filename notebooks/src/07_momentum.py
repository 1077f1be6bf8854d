# %% [markdown]
# # 7. Momentum
#
# **The question: why does a ball get down a winding valley faster than somebody who always walks straight downhill?**
#
# Gradient descent has no memory. Each step follows the slope under its feet, and forgets at once where it came from.
# A ball remembers: it has a *velocity*, which the slope changes but does not replace.
#
# $$\text{velocity} \leftarrow \alpha \cdot \text{velocity} - \text{rate} \cdot \text{gradient}, \qquad
# \text{position} \leftarrow \text{position} + \text{velocity}.$$
#
# The number $\alpha$ says how much of the velocity is kept from step to step: 0 is plain gradient descent, 0.9 is the
# usual choice, and 1 would be a world without friction. It is called *momentum*.

# %% [markdown]
# ## By hand
#
# **Predict** the first three velocities on a slope that never changes: the gradient is always 1, the rate 0.1, and
# $\alpha = 0.9$. Then a slope that changes its sign at every step: 1, −1, 1, −1, ...

# %% tags=["predict"]
my_guess = -0.1, -0.19, -0.271, -0.1, 0.01, -0.091  # three velocities downhill, and three to and fro
# within 0.0005
# slip -0.1, -0.1, -0.1, -0.1, 0.1, -0.1 -> that is without momentum: 0.9 of the last velocity is kept.
# slip -0.1, -0.2, -0.3, -0.1, 0.0, -0.1 -> that is with α = 1: 0.9 of the last velocity is kept, not all of it.
# slip 0.1, 0.19, 0.271, 0.1, -0.01, 0.091 -> a sign: it rolls against the gradient.


# %%
def velocities(gradients, alpha=0.9, rate=0.1):
    v, found = 0.0, []
    for gradient in gradients:
        v = alpha * v - rate * gradient
        found.append(round(v, 4))
    return found


print("always downhill:", velocities([1, 1, 1, 1, 1]))
print("to and fro:     ", velocities([1, -1, 1, -1, 1]))

# %% [markdown]
# The first ball becomes faster and faster: $-0.1$, then $0.9 \cdot (-0.1) - 0.1 = -0.19$, then $-0.271$. The second
# gets nowhere: each push takes back most of the one before.
#
# How fast can the first ball become? When the velocity no longer changes, $v = 0.9\,v - 0.1$, so $v = -1$. In general
#
# $$v = -\frac{\text{rate}}{1 - \alpha} \cdot \text{gradient}:$$
#
# with $\alpha = 0.9$ ten times as fast as without momentum, with $\alpha = 0.5$ twice as fast.

# %%
import matplotlib.pyplot as plt

plt.plot(velocities([1] * 50), ".-", label="always downhill")
plt.plot(velocities([1, -1] * 25), ".-", label="to and fro")
plt.axhline(-1, color="#7b8494", linestyle="--")
plt.xlabel("step")
plt.ylabel("velocity")
plt.legend()
plt.show()

# %% [markdown]
# That is the whole idea: **pushes that agree add up, pushes that disagree cancel.**

# %% [markdown]
# ## The ravine
#
# Where do both kinds of push occur together? In a long narrow valley, and loss surfaces are full of them. Ours is
#
# $$L(x, y) = \frac{x^2}{100} + y^2, \qquad \frac{\partial L}{\partial x} = \frac{x}{50}, \qquad
# \frac{\partial L}{\partial y} = 2y,$$
#
# a hundred times as steep across as it is along. Its lowest point is (0, 0), and we start at (−10, 1.5).

# %%
from autograd import grad


def ravine(p):
    return p[0] ** 2 / 100 + p[1] ** 2


grad(ravine)([-10.0, 1.5])

# %% [markdown]
# The gradient, $(-0.2, 3)$, points uphill, out of the valley. So minus the gradient points almost straight across, at
# the opposite wall, though the goal lies far along the valley. Now the descent, as the two formulas say it:


# %%
def descend(loss, start, rate, alpha, steps):
    position, velocity, path = start, [0.0] * len(start), [start]
    for _ in range(steps):
        gradient = grad(loss)(position)
        velocity = [alpha * v - rate * g for v, g in zip(velocity, gradient)]
        position = [p + v for p, v in zip(position, velocity)]
        path.append(position)
    return path


paths = {alpha: descend(ravine, [-10.0, 1.5], 0.9, alpha, 30) for alpha in (0.0, 0.5, 0.9)}
[[round(x, 3), round(y, 3)] for x, y in paths[0.0][:4]]

# %% [markdown]
# Check the first steps without momentum with a pencil: every step multiplies $y$ by $1 - 0.9 \cdot 2 = -0.8$, so $y$
# jumps from wall to wall, and $x$ by $1 - 0.9/50 = 0.982$, so $x$ hardly moves. A higher rate would help $x$, but
# above 1 the jumps across would grow. **The steep direction dictates the rate, and the flat one suffers.**
#
# **Predict:** how will the path look with $\alpha = 0.5$, and with $\alpha = 0.9$? Every arrow is a velocity.

# %% tags=["predict"]
my_guess = 0.9  # the α of 0, 0.5 and 0.9 whose path shoots past the goal
# within 0.001
# slip 0.5 -> its top speed is only twice that of plain descent.
# slip 0 -> without momentum it does not even get there.

# %%
import numpy as np

X, Y = np.meshgrid(np.linspace(-11, 6, 120), np.linspace(-2, 2, 60))
_, axes = plt.subplots(3, 1, figsize=(9.6, 7), sharex=True, sharey=True)
for plot, (alpha, path) in zip(axes, paths.items()):
    plot.contour(X, Y, ravine([X, Y]), levels=[0.02, 0.1, 0.3, 0.7, 1.3, 2.2], colors="#c9ced6", linewidths=1)
    here, velocity = np.array(path[:-1]), np.diff(path, axis=0)
    plot.quiver(*here.T, *velocity.T, angles="xy", scale_units="xy", scale=1, width=0.0025, color="#d55e00")
    plot.plot(0, 0, "x", color="black")
    x, y = path[-1]
    plot.set(title=f"α = {alpha}: after 30 steps the loss is {ravine([x, y]):.4f}", ylabel="y")
plt.show()

# %% [markdown]
# - **α = 0**: from wall to wall, and after 30 steps only two fifths of the way.
# - **α = 0.5**: the jumps across cancel, the small pushes along add up to twice the pace.
# - **α = 0.9**: ten times the push along the valley. It arrives first, and shoots past the goal: a ball does not stop
#   because it has reached the lowest point. It must turn round and come back.
#
# Look closely at how one velocity is made from the last: the blue arrow is what is kept of the old velocity,
# $\alpha \cdot \text{velocity}$; the orange one is the new push, $-\text{rate} \cdot \text{gradient}$. One after the
# other they lead to the next position.

# %%
path = np.array(paths[0.5][:7])
kept = 0.5 * np.diff(path, axis=0, prepend=path[:1])[:-1]
push = np.diff(path, axis=0) - kept
arrows = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.004}
plt.figure(figsize=(9.6, 3.4))
plt.quiver(*path[:-1].T, *kept.T, color="#0072b2", label="kept velocity", **arrows)
plt.quiver(*(path[:-1] + kept).T, *push.T, color="#d55e00", label="push of the slope", **arrows)
plt.plot(*path.T, "o", color="black", markersize=5)
plt.xlabel("x")
plt.ylabel("y")
plt.legend()
plt.show()

# %% [markdown]
# ## Try every momentum
#
# The first 40 steps for eleven values of $\alpha$. Move the slider.

# %%
from autograd import slide


def forty_steps(alpha):
    figure, plot = plt.subplots(figsize=(8.6, 2.6))
    plot.plot(*zip(*descend(ravine, [-10.0, 1.5], 0.9, alpha, 40)), ".-", color="#d55e00", linewidth=1)
    plot.plot(0, 0, "x", color="black")
    plot.set(xlim=(-11, 9), ylim=(-2, 2), xlabel="x", ylabel="y")
    return figure


slide(forty_steps, alpha=[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])

# %% [markdown]
# Somewhere around 0.8 the path is at its best. How long does each take until the loss stays below 0.01?

# %%
for alpha in (0.0, 0.5, 0.8, 0.9, 0.95, 0.99):
    losses = [ravine(p) for p in descend(ravine, [-10.0, 1.5], 0.9, alpha, 700)]
    last = max(step for step, loss in enumerate(losses) if loss > 0.01)
    print(f"α = {alpha:.2f}: {last + 1:3} steps  {'#' * (last // 10)}")

# %% [markdown]
# From 127 steps down to 25, and up again to 603. Too little momentum crawls; too much swings for ever.

# %% [markdown]
# ## Overshoot, and a failure on purpose
#
# One dimension shows the swinging best. The bowl is $L = x^2/2$, its gradient is $x$, and we start at 1.
# **Predict:** what happens without any friction, with $\alpha = 1$?

# %% tags=["predict"]
my_guess = "swings"  # with α = 1: it comes to "rest", "swings" for ever, or "runs away"
# slip "rest" -> what would slow it down?
# slip "runs away" -> beyond the lowest point the slope turns round and pulls it back.


# %%
def bowl(p):
    return p[0] ** 2 / 2


for alpha in (0.0, 0.5, 0.9, 1.0):
    plt.plot([p[0] for p in descend(bowl, [1.0], 0.1, alpha, 60)], label=f"α = {alpha}")
plt.axhline(0, color="#7b8494", linewidth=1)
plt.xlabel("step")
plt.ylabel("x")
plt.legend(loc="upper right", framealpha=1, frameon=True)
plt.show()

# %% [markdown]
# With $\alpha = 0.9$ the ball overshoots, and each swing is smaller than the last: it comes to rest. With
# $\alpha = 1$ it never does. Nothing slows it down, and it will swing between −1 and 1 for as long as you like to
# watch. The formula above said so already: for $\alpha = 1$ the top speed is $\text{rate} / 0$.
#
# This is why the optimiser will not have it:

# %% tags=["raises-exception"]
import nn
from autograd import Value

nn.SGD([Value(1.0)], lr=0.1, momentum=1.0)

# %% [markdown]
# ## Out of a shallow valley
#
# Gradient descent stops in the first hollow it meets, however shallow. A ball may roll on. This landscape has two
# valleys, a shallow one on the right and a deeper one on the left:
#
# $$L(x) = \tfrac14 x^4 - \tfrac12 x^2 + 0.3\,x.$$


# %%
def valleys(p):
    return p[0] ** 4 / 4 - p[0] ** 2 / 2 + 0.3 * p[0]


x = np.linspace(-1.9, 2, 200)
_, axes = plt.subplots(1, 2, figsize=(9.6, 3.4), sharey=True)
for plot, alpha in zip(axes, (0.0, 0.9)):
    path = descend(valleys, [1.9], 0.1, alpha, 200)
    plot.plot(x, valleys([x]), color="#7b8494")
    plot.plot([p[0] for p in path], [valleys(p) for p in path], "o", color="#d55e00", alpha=0.4)
    plot.set(title=f"α = {alpha}: it ends at x = {path[-1][0]:.2f}", xlabel="x")
plt.show()

# %% [markdown]
# Without momentum the ball stops at 0.79. With $\alpha = 0.9$ it has enough speed to climb over the ridge, and comes
# to rest in the deeper valley, at −1.13.
#
# Do not count on it. A ball does not know which valley is the deeper one, it only has speed. Start a little higher,
# or on the other side:

# %%
for start in (1.9, 2.0, -2.5):
    ends = [descend(valleys, [start], 0.1, alpha, 300)[-1][0] for alpha in (0.0, 0.9)]
    print(f"from x = {start:4}: without momentum to {ends[0]:.2f}, with 0.9 to {ends[1]:.2f}")

# %% [markdown]
# From 2.0 it rolls into the deep valley, up the far side, back *out* again, and is caught in the shallow one. From
# −2.5, where plain descent walks straight down to the better minimum, momentum carries it past.

# %% [markdown]
# ## In one word
#
# `nn.SGD(..., momentum=0.9)` is the same two formulas. It gives the same path, to the last bit:

# %%
x, y = Value(-10.0), Value(1.5)
optimizer = nn.SGD([x, y], lr=0.9, momentum=0.9)
for _ in range(30):
    optimizer.zero_grad()
    ravine([x, y]).backward()
    optimizer.step()
print([x.data, y.data])
print(paths[0.9][-1])

# %% [markdown]
# ## Exercises
#
# **1. A heavy ball.** With $\alpha = 0.99$ and the rate 0.1, on a slope where the gradient is always 2: towards which
# velocity does the ball tend? (No computer needed.)

# %%
top_speed = ...

# %%
if top_speed is not ...:
    assert abs(top_speed - velocities([2] * 3000, alpha=0.99)[-1]) < 0.01, "when does the velocity no longer change?"
    print("Right: a hundred times the push of a single step.")

# %% tags=["check"]
top_speed
# within 0.01
# slip top_speed = -10 -> the gradient is 2, not 1.
# slip top_speed = -2 -> with α = 0.99 it is 1 / 0.01 times the push, and not 1 / 0.1 times.
# slip top_speed = -0.2 -> that is the first push; they add up.
# slip top_speed = -200 -> the rate is 0.1.

# %% [markdown]
# <details><summary>Solution</summary>
#
# $v = 0.99\,v - 0.1 \cdot 2$, so $0.01\,v = -0.2$. The sign says that it goes downhill, against the gradient.
#
# ```python
# top_speed = -20.0
# ```
# </details>
#
# **2. Look ahead.** Nesterov's momentum takes the gradient not where the ball is but where it is about to be: at
# $\text{position} + \alpha \cdot \text{velocity}$. A ball that sees the opposite wall coming brakes earlier. Write
# `descend` once more, with the gradient taken there.


# %%
def look_ahead(loss, start, rate, alpha, steps):
    return ...


# %%
swings = look_ahead(bowl, [1.0], 0.1, 0.9, 60)
if swings is not ...:
    assert abs(swings[1][0] - 0.9) < 1e-9, "at rest there is nothing to look ahead to"
    assert abs(swings[2][0] - 0.729) < 1e-9, "velocity -0.09 - 0.1 * 0.81, because 0.81 lies ahead"
    assert min(swings)[0] > min(descend(bowl, [1.0], 0.1, 0.9, 60))[0], "it overshoots less"
    print("Right: it brakes before it is there.")

# %% tags=["check"]
swings = look_ahead(bowl, [1.0], 0.1, 0.9, 60)
[swings[1], swings[2], swings[3], len(swings)]
# slip look_ahead = descend -> the gradient must be taken at position + α · velocity, not at the position.

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def look_ahead(loss, start, rate, alpha, steps):
#     position, velocity, path = start, [0.0] * len(start), [start]
#     for _ in range(steps):
#         ahead = [p + alpha * v for p, v in zip(position, velocity)]
#         gradient = grad(loss)(ahead)
#         velocity = [alpha * v - rate * g for v, g in zip(velocity, gradient)]
#         position = [p + v for p, v in zip(position, velocity)]
#         path.append(position)
#     return path
# ```
#
# `nn.SGD(..., nesterov=True)` does it for you.
# </details>

# %% [markdown]
# ## Recap
#
# - Velocity = what is kept + the new push. Pushes that agree add up, to $1/(1-\alpha)$ times the step; pushes that
#   disagree cancel.
# - In a ravine the steep direction limits the rate; momentum makes up for it in the flat direction.
# - It overshoots. Too much of it swings for ever, and 1 is forbidden.
# - It may carry you out of a shallow minimum, and out of a good one.
#
# So far a network has answered with a number. How does it answer a question such as "which of these three?", and how
# wrong is a wrong answer? [8. Softmax and cross-entropy](08_softmax_and_cross_entropy.ipynb)
