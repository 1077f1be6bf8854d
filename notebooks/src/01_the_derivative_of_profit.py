# %% [markdown]
# # 1. The derivative of profit
#
# **The question: how does a machine find the best price if all it can do is ask, at the price it has now, "a little
# more or a little less"?**
#
# A stall sells lemonade. At a price of $x$ euros it sells $12 - 2x$ cups an hour: fewer, the dearer they are. Lemons,
# sugar and ice cost 10 euros an hour. So the profit in one hour is
#
# $$P(x) = x\,(12 - 2x) - 10 = -2x^2 + 12x - 10.$$
#
# This one function is enough to understand how neural networks learn. A network has millions of numbers to set where
# the stall has one, but it does with each of them exactly what is done with the price on this page.

# %% [markdown]
# ## A table first
#
# **Predict** the profit at 1, at 3 and at 5 euros with pencil and paper. Then run the cell.

# %% tags=["predict"]
my_guess = 0, 8, 0  # the profit at 1, at 3 and at 5 euros
# slip 10, 18, 10 -> the 10 euros for lemons, sugar and ice are missing.
# slip -20, 8, -120 -> the 2 is not squared: first x times x, then times -2.
# slip 4, 26, 84 -> mind the minus: -2 times x squared.


# %%
def profit(x):
    return -2 * x**2 + 12 * x - 10


for x in range(7):
    print(f"at {x} euros the profit is {profit(x):3}")

# %% [markdown]
# Nothing is earned at 1 euro (too cheap) and nothing at 5 (nobody buys). In between there is a top, and by symmetry it
# lies in the middle: 8 euros an hour at a price of 3.

# %%
import matplotlib.pyplot as plt
import numpy as np

prices = np.linspace(0, 6, 121)
figure, axes = plt.subplots()
axes.plot(prices, profit(prices))
axes.plot([1, 5], [0, 0], "o", label="no profit: x = 1 and x = 5")
axes.plot(3, 8, "*", markersize=13, label="the top: P(3) = 8")
axes.set(xlabel="price x in euros", ylabel="profit P(x) in euros")
axes.legend(loc="lower center")
plt.show()

# %% [markdown]
# We see the top because we see the whole curve. The machine does not: it stands at one price and can feel only the
# ground under its feet. What it needs to know there is how *steep* the ground is, and in which direction it rises.
#
# ## Steepness is a limit
#
# Stand at $x = 1$ and look a distance $h$ ahead. The curve rises by $P(1 + h) - P(1)$ over that distance, so on average
# its slope is
#
# $$\frac{P(1 + h) - P(1)}{h} = \frac{8h - 2h^2}{h} = 8 - 2h.$$
#
# (Do the middle step by hand once: multiply out $-2(1+h)^2 + 12(1+h) - 10$.) The shorter we look, the closer this comes
# to 8. That limit is the **derivative** of $P$ at 1, written $P'(1)$. **Predict** the three numbers:

# %% tags=["predict"]
my_guess = 6, 7.8, 7.98  # the slopes for h = 1, 0.1 and 0.01
# within 0.001
# slip 6, 0.78, 0.0798 -> that is how far the curve rises; divide it by h.
# slip 8, 8, 8 -> that is where they tend to, for shorter and shorter h.
# slip 7, 7.9, 7.99 -> it is 8 - 2h, and not 8 - h.

# %%
for h in [1, 0.1, 0.01]:
    slope = (profit(1 + h) - profit(1)) / h
    print(f"h = {h:4}: slope {slope:.6f}")

# %% [markdown]
# ## A failure: as short as possible
#
# If shorter is better, why not look ahead by something absurdly short? **Predict** what the next cell prints. The
# formula says $8 - 2h$, so it should be 8 with a great many zeros.

# %% tags=["predict"]
my_guess = 0  # what the computer says
# within 0.000001
# slip 8 -> so says the formula. But the computer keeps about 16 digits of a number: what is 1 + h to it?

# %%
h = 1e-16
print((profit(1 + h) - profit(1)) / h)

# %% [markdown]
# Zero! The computer keeps about 16 digits of a number, and $1 + 10^{-16}$ needs 17. So it is rounded to 1, the profit
# is the same twice, and the slope is lost. Let us look at the error for every $h$ from $10^{-1}$ to $10^{-16}$.

# %%
distances = [10.0**-k for k in range(1, 17)]
errors = [abs((profit(1 + h) - profit(1)) / h - 8) for h in distances]
figure, axes = plt.subplots()
axes.loglog(distances, errors, "o-")
axes.invert_xaxis()
axes.set(xlabel="how far we look ahead, h", ylabel="error of the slope")
plt.show()

# %% [markdown]
# First the error shrinks together with $h$, as promised. Then, from about $10^{-8}$ on, rounding takes over and it
# grows again. Half of the digits is all that can be had in this way. We want them all, and there is another way to get
# them.
#
# ## By rule
#
# At school you learn rules in place of limits: the derivative of $x^2$ is $2x$, of $x$ it is 1, of a constant 0;
# factors stay, and sums are taken term by term. So
#
# $$P'(x) = -4x + 12,$$
#
# which is 8 at $x = 1$, exactly. At the top, $x = 3$, it is 0: the ground is level there. Before the top it is
# positive, the ground rises; beyond it is negative. **The sign of the derivative says in which direction to go.**


# %%
def slope_by_rule(x):
    return -4 * x + 12


[slope_by_rule(x) for x in range(7)]

# %% [markdown]
# ## By tape
#
# Rules are reliable, but somebody has to apply them, and no one wants to do that for a formula with a million terms.
# So let the computer do it. A `Value` is a number that remembers how it was made. Calculate with it as with any
# number; then `backward()` goes back over what was calculated, applying the rules of school to one operation after the
# other, and leaves the derivative in `grad`.

# %%
from autograd import Value

x = Value(1.0, label="x")
p = profit(x)  # the same function as before, unchanged
p.backward()
print("P(1)  =", p.data)
print("P'(1) =", x.grad)

# %% [markdown]
# Exact, without a limit and without a formula for $P'$. What did it do? The picture shows every number on the way. Read
# it from left to right to see the profit being computed; the orange `grad` below each number says by how much the
# profit grows, for each unit that this number grows.

# %%
from autograd import draw

p.label = "P"
draw(p)

# %% [markdown]
# How the numbers on the wires are found, and why it goes backward, is the subject of the
# [next notebook](02_the_tape_and_the_walk_back.ipynb). Here we only use it. `grad` wraps the whole affair: it
# turns a function into its derivative.

# %%
from autograd import grad

slope_of = grad(profit)
[slope_of(x) for x in range(7)]

# %% [markdown]
# The same seven numbers as by rule. Move the slider: the orange line is the tangent, the straight line that has the
# curve's slope at the point where they touch.


# %%
def tangent_at(x):
    height, slope = profit(x), slope_of(x)
    figure, axes = plt.subplots()
    axes.plot(prices, profit(prices))
    axes.plot([x - 1, x + 1], [height - slope, height + slope])
    axes.plot(x, height, "o", color="black")
    axes.set(xlim=(-0.5, 6.5), ylim=(-14, 12), xlabel="price x", ylabel="profit P(x)")
    axes.set_title(f"P({x:.2f}) = {height:.2f}, and the slope there is {slope:+.0f}")
    return figure


# %%
from autograd import slide

slide(tangent_at, x=np.linspace(0, 6, 13))

# %% [markdown]
# ## Uphill
#
# Now the machine can climb. Again and again it asks for the slope and takes a step in proportion to it:
#
# $$x_{\text{new}} = x_{\text{old}} + \text{rate} \times P'(x_{\text{old}}).$$
#
# A steep slope makes a large step, a gentle one a small step, and where it is level there is none. The factor in front
# is the **learning rate**. It is the one number we must choose. Start at 1 euro with a rate of 0.1:
#
# $$1 + 0.1 \times 8 = 1.8, \qquad 1.8 + 0.1 \times 4.8 = 2.28, \qquad \ldots$$


# %%
def climb(rate, steps=10, start=1.0):
    path = [start]
    for _ in range(steps):
        path.append(path[-1] + rate * slope_of(path[-1]))
    return path


[round(x, 3) for x in climb(rate=0.1)]

# %% [markdown]
# It creeps towards 3, more slowly the nearer it gets. How would other rates do? **Predict**, before you run the next
# cell, which of these gets to the top first, and what goes wrong with the others: 0.01, 0.1, 0.25, 0.5, 0.55.

# %% tags=["predict"]
my_guess = 0.25, 0.55  # the rate that is at the top first, and one that runs away
# within 0.0001
# slip 0.55, 0.25 -> the other way round: the longest steps are not the best ones.
# slip 0.55, 0.01 -> long steps are not the best ones: work out the first step with each rate.
# slip 0.5, 0.55 -> take the first step with 0.5: where does it lead?
# slip 0.1, 0.55 -> 0.1 gets nearer with each step, but there is one that needs a single step.
# slip 0.25, 0.5 -> work out two steps with 0.5: it comes back to where it was.

# %%
rates = [0.01, 0.1, 0.25, 0.5, 0.55]
print("rate   the price after 0, 1, 2, 3, 4 and 5 steps")
for rate in rates:
    print(f"{rate:4}  ", "  ".join(f"{x:6.2f}" for x in climb(rate, steps=5)))

# %%
figure, plots = plt.subplots(1, 5, sharey=True, figsize=(9, 2.8))
for axes, rate in zip(plots, rates):
    path = np.array(climb(rate, steps=5))
    axes.plot(prices, profit(prices), color="#b8c0ca")
    axes.plot(path, profit(path), "o-", markersize=4)
    axes.set(title=f"rate {rate}", xlim=(-0.5, 6.5), ylim=(-14, 10), xlabel="price")
plots[0].set_ylabel("profit")
plt.show()

# %% [markdown]
# Five rates, five fates. They are no accident, and you can see why with a pencil. Let $d = x - 3$ be the distance to
# the top. The slope is $-4x + 12 = -4d$, so a step makes the distance
#
# $$d_{\text{new}} = d - \text{rate} \times 4d = (1 - 4 \times \text{rate}) \times d.$$
#
# Each step multiplies the distance by the same factor:
#
# | rate | factor | what happens |
# |---|---|---|
# | 0.01 | 0.96 | too low: 4 % of the way in each step; it takes 17 steps to halve the distance |
# | 0.1 | 0.6 | good: steadily nearer |
# | 0.25 | 0 | at the top in a single step |
# | 0.5 | -1 | as far beyond the top as it was before it, for ever |
# | 0.55 | -1.2 | too high: farther away with every step |
#
# The step goes *in the right direction* each time. It is merely too long, and lands beyond the top, on ground that is
# steeper still. This is the most common way in which training goes wrong, and it looks like this:

# %%
lost = climb(rate=0.55, steps=40)
print(f"after 40 steps the price is {lost[-1]:,.0f} euros and the profit {profit(lost[-1]):,.0f}")

# %% [markdown]
# The perfect rate, 0.25, is a stroke of luck: $P'$ has the same $-4$ everywhere, and we know it. For a network nobody
# knows it, and it differs from place to place. One tries: 0.1, and ten times less if the numbers run away.
#
# ## Exercises
#
# **1. A slope by hand.** Another stall's profit is $Q(x) = x^3 - 6x^2 + 9x$. How steep is it at $x = 2$? Work it out by
# rule, and write the number in place of the dots.

# %%
slope_at_2 = ...

# %%
if slope_at_2 is not ...:
    assert slope_at_2 == grad(lambda x: x**3 - 6 * x**2 + 9 * x)(2.0), "differentiate each of the three terms"
    print("Right: the curve falls there, so a lower price is better.")

# %% tags=["check"]
slope_at_2
# slip slope_at_2 = 2 -> that is Q(2), the height of the curve. How steep is it there?
# slip slope_at_2 = -12 -> the term 9x has a derivative too.
# slip slope_at_2 = 6 -> the derivative of 9x is 9, not 9x.
# slip slope_at_2 = -15 -> the term 9x counts with its plus.
# slip slope_at_2 = 9 -> the middle term is -6 times x squared: its derivative is -12x.

# %% [markdown]
# <details><summary>Solution</summary>
#
# $Q'(x) = 3x^2 - 12x + 9$, and at 2 that is $12 - 24 + 9 = -3$.
#
# ```python
# slope_at_2 = -3
# ```
# </details>
#
# **2. In one step.** A third stall earns $R(x) = -5x^2 + 20x$. With which rate does the climb get from *any* price to
# the top in one step? (Do as above: where is the top, what is the slope in terms of the distance $d$ to it, and which
# rate makes the factor 0?)

# %%
best_rate = ...

# %%
if best_rate is not ...:
    slope_of_r = grad(lambda x: -5 * x**2 + 20 * x)
    for start in [-4.0, 0.0, 7.0]:
        assert abs(start + best_rate * slope_of_r(start) - 2) < 1e-9, f"from {start} the step does not end at the top"
    print("Right: one step is enough from anywhere.")

# %% tags=["check"]
best_rate
# slip best_rate = 0.2 -> the slope is -10 d: the square brings down a 2.
# slip best_rate = 10 -> the factor is 1 - 10 × rate: for which rate is it 0?
# slip best_rate = 0.25 -> that was the rate of the first stall; this curve is steeper.

# %% [markdown]
# <details><summary>Solution</summary>
#
# $R'(x) = -10x + 20$ is 0 at $x = 2$, and with $d = x - 2$ it is $-10d$. A step makes the distance
# $(1 - 10 \times \text{rate}) \times d$, which is 0 for a rate of 0.1.
#
# ```python
# best_rate = 0.1
# ```
# </details>
#
# ## Recap
#
# - The derivative is the slope of the ground underfoot: a limit of slopes over shorter and shorter distances.
# - Computed as a limit it loses half of its digits. Computed by rule it is exact, and `backward()` applies the rules.
# - Its sign says in which direction to go, its size how long a step to take, and the learning rate scales the step.
# - Too low a rate crawls, too high a rate runs away, although each single step points in the right direction.
#
# A network does not climb towards a profit: it descends from an error. That is the same walk with a minus in front.
#
# **Next: [2. The tape and the walk back](02_the_tape_and_the_walk_back.ipynb)**: how `backward()` gets all
# derivatives at once.
