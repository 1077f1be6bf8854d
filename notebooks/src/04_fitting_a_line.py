# %% [markdown]
# # 4. Fitting a line
#
# **The question: which straight line fits some points best, and what does "best" mean?**
#
# A plant was measured on four Sundays. After 1, 2, 3 and 4 weeks it was 2, 3, 5 and 6 centimetres tall. No straight
# line goes through all four points, so every line makes errors. To call one of them the best, we need a rule that makes
# *one* number of four errors. This rule is the **loss**, and it is chosen by us. The choice has consequences.

# %%
import matplotlib.pyplot as plt
import numpy as np

weeks = np.array([1.0, 2.0, 3.0, 4.0])
heights = np.array([2.0, 3.0, 5.0, 6.0])

# %% [markdown]
# A line is $\hat y = wx + b$: a neuron with one input and no activation. Here is a first guess, one centimetre a week.


# %%
def show(w, b, title):
    _, axes = plt.subplots(figsize=(4.6, 3.2))
    axes.vlines(weeks, heights, w * weeks + b, color="#d55e00", label="errors")
    axes.plot(weeks, heights, "o", color="#0072b2")
    axes.plot([0, 5], [b, 5 * w + b], color="black", label=title)
    axes.set(xlabel="weeks", ylabel="height in cm", ylim=(0, 8))
    axes.legend(loc="upper left")


# %%
show(1.0, 1.0, "ŷ = x + 1")
plt.show()

# %% [markdown]
# ## Three ways to count errors
#
# The error at a point is the prediction minus what was measured, $e = \hat y - y$. For the line $\hat y = x + 1$ the
# errors are $0, 0, -1, -1$. We could add up
#
# - the **plain** errors $e$,
# - the **absolute** errors $|e|$,
# - the **squared** errors $e^2$.
#
# **Predict** the three sums for that line, and for the level line $\hat y = 4$, which ignores the weeks altogether.

# %% tags=["predict"]
my_guess = -2, 2, 2, 0, 6, 10  # plain, absolute, squared for ŷ = x + 1; then the same for ŷ = 4
# slip 2, 2, 2, 0, 6, 10 -> a sign: the error is the prediction minus what was measured.
# slip -0.5, 0.5, 0.5, 0, 1.5, 2.5 -> these are the means; the sums are asked for.
# slip -2, 2, 2, 6, 6, 10 -> plain errors of both signs cancel.

# %%
for name, predictions in [("ŷ = x + 1", weeks + 1), ("ŷ = 4", np.full(4, 4.0))]:
    e = predictions - heights
    print(f"{name:10} errors {e}: plain {e.sum():g}, absolute {abs(e).sum():g}, squared {(e**2).sum():g}")

# %% [markdown]
# By the plain sum the level line is perfect, because its errors of both signs cancel. And it can be "better" than
# perfect.
#
# ## A failure: the plain error
#
# Let us make the sum of plain errors small, by steps of gradient descent. **Predict** where the line will go.

# %% tags=["predict"]
my_guess = "down"  # where the line goes: "up", "down", or to "rest" among the points?
# slip "rest" -> at a line among the points the errors cancel. But is there no smaller sum than 0?
# slip "up" -> the error is the prediction minus what was measured: how does it become small?

# %%
from autograd import Value

w, b = Value(1.0, label="w"), Value(1.0, label="b")
for step in range(101):
    loss = sum(w * x + b - y for x, y in zip(weeks, heights))
    if step % 25 == 0:
        print(f"step {step:3}: ŷ = {w.data:7.1f} x {b.data:+7.1f}, loss {loss.data:8.1f}")
    for parameter in [w, b]:
        parameter.zero_grad()
    loss.backward()
    for parameter in [w, b]:
        parameter.data -= 0.1 * parameter.grad

# %% [markdown]
# Down, without end. The machine does what it is told: a line four metres under the ground has errors that are very
# negative, and so a very small sum. **A loss must be smallest where the predictions are right.** The absolute and the
# squared error are: both are 0 there and positive elsewhere.
#
# ## One big miss, or many small ones
#
# How do these two differ? Compare four errors of 1 with a single error of 4.

# %%
import nn

zeros = [0.0, 0.0, 0.0, 0.0]
for errors in [1.0, 1.0, 1.0, 1.0], [4.0, 0.0, 0.0, 0.0]:
    absolute = nn.mean_absolute_error(errors, zeros)
    squared = nn.mean_squared_error(errors, zeros)
    print(f"errors {errors}: mean absolute {absolute}, mean squared {squared}")

# %% [markdown]
# To the absolute error they are the same. The squared error minds the single big miss four times as much, and would
# rather spread it. The reason is in the slopes: $e^2$ has the slope $2e$, so it pulls twice as hard at an error twice
# as large, while $|e|$ has the slope 1 or -1 and pulls at all errors equally.

# %%
es = np.linspace(-3, 3, 121)
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3))
left.plot(es, es**2, es, abs(es))
left.set(title="the loss", xlabel="error e")
right.plot(es, 2 * es, es, np.sign(es))
right.set(title="its slope: how hard it pulls", xlabel="error e")
right.legend(["squared", "absolute"])
plt.show()

# %% [markdown]
# ## A slip of the pen
#
# This matters when a measurement is wrong. Suppose that a fifth one was noted in the middle of week 3 (at $x = 2.5$),
# and that somebody wrote 12 where it should be 4. **Predict**: which loss lets its line be led astray?
#
# Here is gradient descent for any loss. It is the loop of the last notebook, with the mean over all points.


# %%
def fit_line(loss_of, xs, ys, rate, steps):
    w, b = Value(0.0, label="w"), Value(2.0, label="b")
    optimizer = nn.SGD([w, b], lr=rate)
    path = [(w.data, b.data)]
    for _ in range(steps):
        loss = loss_of([w * x + b for x in xs], ys)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        path.append((w.data, b.data))
    return path


# %% tags=["predict"]
my_guess = "squared"  # the loss whose line is led astray: "absolute" or "squared"
# slip "absolute" -> which of the two minds one big miss more than many small ones?

# %%
more_weeks, more_heights = [*weeks, 2.5], [*heights, 12.0]
figure, axes = plt.subplots()
axes.plot(more_weeks, more_heights, "o")
losses = [(nn.mean_squared_error, 0.1, "#d55e00"), (nn.mean_absolute_error, 0.01, "#009e73")]
for loss_of, rate, color in losses:
    for xs, ys, dashes in [(weeks, heights, ":"), (more_weeks, more_heights, "-")]:
        w, b = fit_line(loss_of, xs, ys, rate, steps=2000)[-1]
        label = f"{loss_of.__name__}, {len(xs)} points: {w:.2f} x + {b:.2f}"
        axes.plot([0, 5], [b, 5 * w + b], dashes, color=color, label=label)
axes.set(xlabel="weeks", ylabel="height in cm", ylim=(0, 20))
axes.legend(loc="upper left", fontsize=8)
plt.show()

# %% [markdown]
# The line of the squared error is lifted by 1.6 cm by the one slip of the pen. The line of the absolute error stays
# where it was (through the first point and the fourth): the slip pulls at it no harder than anyone else.
#
# So is the absolute error better? Not when the points are right. Its pull does not fade near the goal, so with a fixed
# rate its line trembles for ever (that is the difference in the last digit), and there may be many best lines. The
# squared error has one best line, and comes to rest on it. Its mean over all points is the **mean squared error**, the
# usual choice for fitting numbers, and ours from here on.
#
# ## The landscape of a loss
#
# A line is given by two numbers, $w$ and $b$. So each line is a *point* on a map, and the loss is the *height* of the
# land there. Fitting a line means walking down into the valley. Where `fit_line` starts, at $w = 0$ and $b = 2$, the
# plant is 2 cm tall and does not grow. The errors are $0, -1, -3, -4$, the loss is $26 / 4 = 6.5$, and
#
# $$\frac{\partial}{\partial w} = \frac14 \sum 2\,e\,x = \frac{2\,(0 - 2 - 9 - 16)}{4} = -13.5, \qquad
# \frac{\partial}{\partial b} = \frac14 \sum 2\,e = \frac{2\,(0 - 1 - 3 - 4)}{4} = -4.$$
#
# Does the tape agree? **Predict** the first step with a rate of 0.02.

# %% tags=["predict"]
my_guess = 0.27, 2.08  # w and b after the first step
# within 0.001
# slip -0.27, 1.92 -> a sign: downhill is against the gradient.
# slip 0.27, 0.08 -> b begins at 2.
# slip -13.5, -4 -> that is the gradient; the step is 0.02 times as long, and the other way.
# slip 1.08, 2.32 -> that is the sum over the points; the loss is their mean.

# %%
w, b = Value(0.0, label="w"), Value(2.0, label="b")
loss = nn.mean_squared_error([w * x + b for x in weeks], heights)
loss.backward()
print(f"loss {loss.data}, gradient ({w.grad}, {b.grad})")
w, b = fit_line(nn.mean_squared_error, weeks, heights, rate=0.02, steps=1)[-1]
print(f"first step to ({w:.2f}, {b:.2f})")

# %% [markdown]
# Along each ring of the map the loss is the same. The valley is long and narrow, and its bottom, the cross, is at $w =
# 1.4$ and $b = 0.5$ with a loss of 0.05. (Check it: the errors of $1.4x + 0.5$ are $-0.1, 0.3, -0.3, 0.1$.)

# %%
ws, bs = np.meshgrid(np.linspace(-0.5, 3.0, 71), np.linspace(-0.5, 2.5, 71))
land = sum((ws * x + bs - y) ** 2 for x, y in zip(weeks, heights)) / 4


def show_path(rate, steps=100):
    path = fit_line(nn.mean_squared_error, weeks, heights, rate, steps)
    figure, axes = plt.subplots(figsize=(5.4, 3.6))
    axes.contour(ws, bs, land, levels=[0.1, 0.5, 2, 5, 10, 20], colors="#9aa4b0", linewidths=0.8)
    axes.plot(*zip(*path), ".-", linewidth=1)
    axes.plot(1.4, 0.5, "x", color="black", markersize=9)
    axes.set(xlim=(-0.5, 3), ylim=(-0.5, 2.5), xlabel="w", ylabel="b", title=f"rate {rate:g}, {steps} steps")
    return figure


# %%
show_path(0.02)
plt.show()

# %% [markdown]
# First straight down the steep side, then along the floor of the valley, where the land is nearly level and the steps
# are short. Slide through seven rates. Where does it go fastest, and what happens after that?

# %%
from autograd import slide

slide(show_path, rate=[0.002, 0.01, 0.02, 0.05, 0.1, 0.115, 0.125])

# %% [markdown]
# Too low: with 0.002 and 0.01 a hundred steps do not lead far. Good: with 0.1 it gets there. At 0.115 it leaps from one
# side of the valley to the other, and the leaps shrink; at 0.125 they grow, and the path leaves the map. The loss tells
# the same story, also when there are more than two numbers and no map can be drawn. So one always plots it:

# %%
figure, axes = plt.subplots()
for rate, word in [(0.002, "too low"), (0.1, "good"), (0.125, "too high")]:
    path = fit_line(nn.mean_squared_error, weeks, heights, rate, steps=60)
    losses = [sum((w * x + b - y) ** 2 for x, y in zip(weeks, heights)) / 4 for w, b in path]
    axes.semilogy(losses, label=f"rate {rate}: {word}")
axes.set(xlabel="step", ylabel="mean squared error")
axes.legend()
plt.show()

# %% [markdown]
# A curve that falls slowly and evenly asks for a higher rate. A curve that *rises* asks for a lower one, at once. The
# border is where it was in the first notebook: at a rate of $2$ divided by the curvature of the land. Across the valley
# the slope changes by 16.7 for each unit, and $2 / 16.7 \approx 0.12$. The steepest direction sets the limit, and all
# other directions have to be patient. (Notebook 7 helps them.)
#
# ## In one line
#
# `nn.fit` has the loop inside. What will the plant measure after 5 weeks?

# %%
model = nn.Neuron(1, "linear", seed=0)
optimizer = nn.SGD(model.parameters(), lr=0.1)
inputs, targets = [[x] for x in weeks], list(heights)
options = {"loss": nn.mean_squared_error, "optimizer": optimizer, "batch_size": None}
history = nn.fit(model, inputs, targets, epochs=500, **options)
print(history.stop_reason)
print(f"ŷ = {model.w[0]:.3f} x + {model.b:.3f}, and after 5 weeks {model([5.0]):.2f} cm")

# %% [markdown]
# ## Exercises
#
# **1. The best single number.** Five people guessed a weight: 1, 2, 2, 3 and 12 kg. Which one number has the smallest
# mean *squared* error to the five guesses, and which has the smallest mean *absolute* error? (Try some numbers, and
# then look for the two familiar names for what you have found.)

# %%
best_by_squares, best_by_absolutes = ..., ...

# %%
if best_by_squares is not ...:
    guesses = [1.0, 2.0, 2.0, 3.0, 12.0]
    for loss_of, best in [(nn.mean_squared_error, best_by_squares), (nn.mean_absolute_error, best_by_absolutes)]:
        least = loss_of([float(best)] * 5, guesses)
        others = [loss_of([k / 10] * 5, guesses) for k in range(151)]
        assert least <= min(others), f"{loss_of.__name__}: there is a better one than {best}"
    print("Right.")

# %% tags=["check"]
[best_by_squares, best_by_absolutes]
# slip best_by_squares, best_by_absolutes = 2, 4 -> the other way round: who is drawn by the 12?
# slip best_by_squares, best_by_absolutes = 4, 4 -> the absolute errors do not care how far off the 12 is.
# slip best_by_squares, best_by_absolutes = 2, 2 -> squares mind the 12 a great deal.
# slip best_by_squares, best_by_absolutes = 20, 2 -> that is the sum; the mean is asked for.

# %% [markdown]
# <details><summary>Solution</summary>
#
# The squares are smallest for the *mean*, $20 / 5 = 4$, which the 12 has drawn to itself. The absolute errors are
# smallest for the *median*, the guess in the middle, 2.
#
# ```python
# best_by_squares, best_by_absolutes = 4, 2
# ```
# </details>
#
# **2. The best of both.** Write a loss of one error `e` that is $e^2 / 2$ for errors between -1 and 1, and $|e| - 1/2$
# beyond. It comes to rest at the goal like the square, and pulls no harder than 1 at a slip of the pen. (It is called
# the Huber loss. An `if` and `abs(e)` work with Values too.)


# %%
def huber(e):
    return ...


# %%
from autograd import grad

if huber(0.0) is not ...:
    assert huber(1.0) == 0.5, "the two pieces must meet"
    assert huber(-3.0) == 2.5
    assert [grad(huber)(e) for e in (-9.0, -0.5, 0.0, 0.5, 9.0)] == [-1.0, -0.5, 0.0, 0.5, 1.0]
    print("Right.")

# %% tags=["check"]
from autograd import grad

errors = (-9.0, -1.0, -0.5, 0.0, 0.5, 1.0, 9.0)
[[huber(e) for e in errors], [grad(huber)(e) for e in errors]]
# slip huber = lambda e: e**2 if abs(e) <= 1 else abs(e) - 0.5 -> inside it is half of the square.
# slip huber = lambda e: e**2 / 2 if abs(e) <= 1 else abs(e) -> at 1 the two pieces must meet: what is missing outside?
# slip huber = lambda e: e**2 / 2 if abs(e) <= 1 else e - 0.5 -> for negative errors the absolute value is meant.
# slip huber = lambda e: e**2 / 2 if e <= 1 else abs(e) - 0.5 -> -9 is below 1 too; the size of the error is meant.

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def huber(e):
#     if abs(e) <= 1:
#         return e**2 / 2
#     return abs(e) - 0.5
# ```
# </details>
#
# ## Recap
#
# - A loss makes one number of many errors, and must be smallest where the predictions are right.
# - Squared errors avoid big misses and follow outliers. Absolute errors ignore them and never quite come to rest.
# - Each line is a point on a map, its loss the height there, and training a walk down into the valley.
# - Too low a rate: the loss falls too slowly. Too high: it rises. The steepest direction sets the limit.
#
# **Next: [5. When to stop](05_when_to_stop.ipynb)**: the lowest loss is not always the goal.
