# %% [markdown]
# # 2. The tape and the walk back
#
# **The question: a formula has a thousand inputs. How can a single walk through it find a thousand derivatives?**
#
# In the [first notebook](01_the_derivative_of_profit.ipynb) there was one price to set. A network has thousands of
# numbers to set, and wants to know for each: if this one grows a little, by how much does the error grow? To try them
# one after the other would take a thousand runs. `backward()` takes one, and this notebook shows how, with numbers
# small enough for a pencil.

# %% [markdown]
# ## The tape
#
# Take $y = (ab - c)^2$ with $a = 3$, $b = 4$, $c = 5$. A computer cannot see a formula as a whole. It does one
# operation after the other, and gives each result a name:
#
# $$u = a \times b, \qquad v = u - c, \qquad y = v \times v.$$
#
# **Predict** $u$, $v$ and $y$. A `Tape` writes down what is computed while it is open, like the paper strip of an old
# cash register.

# %% tags=["predict"]
my_guess = 12, 7, 49  # u, v and y
# slip 12, 17, 289 -> v is u minus c.
# slip 12, 7, 14 -> y is v times v, not v plus v.
# slip 7, 2, 4 -> u is a times b.

# %%
from autograd import Tape, Value

a, b, c = Value(3.0, label="a"), Value(4.0, label="b"), Value(5.0, label="c")
with Tape() as tape:
    u = a * b
    v = u - c
    y = v * v
u.label, v.label, y.label = "u", "v", "y"
print(tape)

# %% [markdown]
# Three lines, one for each operation. The column *value* has what you predicted. The column *partials* holds the one
# thing that needs calculus, and it needs very little.
#
# ## Every operation knows a little
#
# Look at the line of $u = a \times b$ alone. If $a$ grows by a tiny amount and $b$ stays, $u$ grows by 4 times as much,
# because $b$ is 4. If $b$ grows, $u$ grows by 3 times as much. These two numbers, 4 and 3, are the **partials** of that
# line. In the same way $v = u - c$ has the partials 1 and -1: it grows with $u$ as fast, and falls as fast as $c$
# grows. And $y = v \times v$ has 7 for its left factor, and 7 for its right one.
#
# No operation knows what the formula is for. Each knows its own partials, and that is enough.
#
# ## The chain rule
#
# Think of gears. If $u$ turns 4 times as fast as $a$, and $v$ as fast as $u$, and $y$ 7 times as fast as $v$, then $y$
# turns $4 \times 1 \times 7 = 28$ times as fast as $a$. **Along a path, partials are multiplied.** But there are two
# paths from $v$ to $y$, through the left factor and through the right one, and both push. **Over several paths, the
# products are added:** $28 + 28 = 56$.

# %%
from autograd import explain

paths = explain(y, a)
print(paths)
paths

# %% [markdown]
# ## The walk back
#
# To follow every path would be hopeless in a network: there are more of them than atoms in the universe. But paths
# share their ends, so we can work from the end: keep for each number how fast $y$ grows with it (its **adjoint**, or
# gradient), start with 1 for $y$ itself, and go *up* the tape line by line. Each line passes to its inputs its own
# gradient times its partial.
#
# **Predict** the six lines that are printed: begin with what $y$ passes to $v$.

# %% tags=["predict"]
my_guess = 14, 14, -14, 56, 42  # the gradients of v, u, c, a and b after the walk
# slip 7, 7, -7, 28, 21 -> v is both factors of y: it receives 7 twice (+=, not =).
# slip 14, 14, 14, 56, 42 -> v falls as c grows: the partial of v by c is -1.
# slip 14, 14, -14, 42, 56 -> u grows with a by b, which is 4, and with b by a, which is 3.
# slip 14, 14, -14, 4, 3 -> each passes on its own gradient times the partial: 14 × 4.

# %%
grads = dict.fromkeys([a, b, c, u, v, y], 0.0)
grads[y] = 1.0
for node in reversed(tape.nodes):
    for x, partial in zip(node.inputs, node.partials):
        grads[x] += grads[node] * partial
        passed = f"{grads[node]:2.0f} × {partial:2.0f}"
        print(f"{node.label} passes {passed} to {x.label}, which now has {grads[x]:3.0f}")

# %% [markdown]
# That is the whole secret. Three derivatives, of $y$ by $a$, by $b$ and by $c$, from one walk over three lines: 56, 42
# and -14. With a thousand inputs it would be the same walk. It does about as much work as the computation itself did.
# (Check -14 with the rules of school: the derivative of $(12 - c)^2$ is $-2\,(12 - c)$.)
#
# The method `backward()` is this loop. The tape shows what it leaves behind:

# %%
y.backward()
assert (a.grad, b.grad, c.grad) == (grads[a], grads[b], grads[c])
tape

# %% [markdown]
# Now step through it yourself: forward first, then back. (Click *step*, or use the arrow keys. If you see a picture
# without buttons, run this cell, or trust this notebook: Jupyter shows no living page of one that it does not know.)

# %%
from autograd import play

play(y)

# %% [markdown]
# ## A failure: `=` in place of `+=`
#
# In the loop above stands `+=`. In this line a single character is easily forgotten. **Predict** what comes out for
# $x^2$ at $x = 3$ without it. (By rule the slope is $2x = 6$.)

# %% tags=["predict"]
my_guess = 3  # what the loop without += finds
# slip 6 -> that is the right derivative; the loop writes 3, and then 3 over it.
# slip 9 -> that is the square itself.

# %%
x = Value(3.0, label="x")
square = x * x
grads = {x: 0.0, square: 1.0}
for factor, partial in zip(square.inputs, square.partials):
    grads[factor] = grads[square] * partial
print("with =   ", grads[x])
square.backward()
print("with +=  ", x.grad)

# %% [markdown]
# In `x * x` the same number is used twice. Each use pushes with 3, and the second push must not wipe out the first. Who
# is used twice, receives twice. In networks nearly every number is used many times: an input by every neuron, a weight
# by every sample.
#
# ## A failure: passing on too early
#
# There is one more way to get it wrong. Why walk up the *tape*, and not simply from each number to its inputs, and on
# to their inputs? Here is a case with only two lines.

# %%
a = Value(1.0, label="a")
b = a + a
c = b + b
b.label, c.label = "b", "c"


def pass_on_at_once(node, grads):
    for x, partial in zip(node.inputs, node.partials):
        grads[x] += grads[node] * partial
        pass_on_at_once(x, grads)


# %% [markdown]
# Since $c = 2b = 4a$, the derivative of $c$ by $a$ is 4. **Predict** what this program says.

# %% tags=["predict"]
my_guess = 6  # the derivative of c by a, as this program says
# slip 4 -> that is the right one. But b passes on before it has received everything: follow it line by line.
# slip 2 -> b is called twice: once for each use.

# %%
grads = {a: 0.0, b: 0.0, c: 1.0}
pass_on_at_once(c, grads)
print("passing on at once:", grads[a])
c.backward()
print("walking the tape:  ", a.grad)

# %% [markdown]
# Six! Follow it: $c$ gives 1 to $b$, and $b$ passes it on at once, twice: $a$ has 2. Then $c$ gives $b$ its second 1.
# Now $b$ has 2 and passes on *both*, twice: $a$ gets 4 more. The first 1 was passed on two times over.
#
# A number may pass its gradient on only when it has received all of it, from everyone who used it. On the tape this
# takes care of itself: whoever uses $b$ was computed after $b$, so it stands below, and on the way up we meet it first.
# The order in which numbers were computed, reversed, is the right order.

# %%
from autograd import draw

draw(c)

# %% [markdown]
# ## Passed on, or kept
#
# In a network two kinds of numbers enter an operation: *data*, which came from the operation before, and *weights*,
# which are ours to change. The same walk finds the derivatives by both, but they serve different ends. Here are two
# neurons in a row, as simple as can be, $h = w_1 x$ and $\hat y = w_2 h$, and the squared error of $\hat y$ when 4 was
# wanted.

# %%
x = Value(2.0, label="x")
w1, w2 = Value(3.0, label="w1"), Value(0.5, label="w2")
h = w1 * x
prediction = w2 * h
loss = (prediction - 4.0) ** 2
h.label, prediction.label, loss.label = "h", "ŷ", "loss"
loss.backward()
draw(loss)

# %% [markdown]
# Read the picture from the right. The prediction is 3, so the loss is 1 and grows by -2 for each unit of $\hat y$.
# Then, at $\hat y = w_2 h$, the walk divides:
#
# | | at $\hat y = w_2 h$ | at $h = w_1 x$ | |
# |---|---|---|---|
# | by the weight | $-2 \times h = -12$ | $-1 \times x = -2$ | **kept**: with it, this weight will be improved |
# | by the input | $-2 \times w_2 = -1$ | $-1 \times w_1 = -3$ | **passed on**: the operation before needs it |
#
# The derivative by $h$ improves nothing itself, for $h$ is not ours to set. But without it the first neuron would not
# learn what it has done. This is what the name *back-propagation* means.
#
# ## A row of your own
#
# What must be known about an operation for all of this? How to compute it, and its partials: one row. In this package
# all operations are rows of one table ([ops.py](../autograd/core/ops.py)), and `primitive` adds another. Let us add the
# cube, $y = x^3$, with the partial $3x^2$. (The `m` is there so that the same row can also compute with arrays, or
# print itself.)

# %%
from autograd import grad, gradcheck, primitive


@primitive(partials=lambda m, x, y: [3 * m.square(x)], symbol="³")
def cube(m, x):
    return x * x * x


print("cube(2) =", cube(2.0), "  its slope there:", grad(cube)(2.0))
print(gradcheck(cube, 2.0))

# %% [markdown]
# `gradcheck` compares with slopes measured as in the first notebook. It is there for the day when you get a partial
# wrong, as here, where somebody thought of $3x$:


# %% tags=["raises-exception"]
@primitive(partials=lambda m, x, y: [3 * x])
def wrong_cube(m, x):
    return x * x * x


gradcheck(wrong_cube, 2.0)

# %% [markdown]
# ## Exercises
#
# **1. Two paths.** Let $z = ab + a$ with $a = 2$ and $b = 5$. Walk back with a pencil and write the derivatives by $a$
# and by $b$ in place of the dots.

# %%
dz_da, dz_db = ..., ...

# %%
if dz_da is not ...:
    a, b = Value(2.0, label="a"), Value(5.0, label="b")
    z = a * b + a
    z.backward()
    assert dz_da == a.grad, "a is used twice: once with the partial b, once with the partial 1"
    assert dz_db == b.grad, "how fast does a × b grow with b?"
    print("Right.")

# %% tags=["check"]
[dz_da, dz_db]
# slip dz_da, dz_db = 5, 2 -> a is used twice: what comes from a itself is added to what comes through a × b (+=).
# slip dz_da, dz_db = 1, 2 -> a is used twice: what comes through a × b is added to what comes from a itself (+=).
# slip dz_da, dz_db = 6, 5 -> how fast does a × b grow with b? By a.
# slip dz_da, dz_db = 3, 5 -> a × b grows with a by b, and with b by a.
# slip dz_da, dz_db = 12, 10 -> that is z, and a × b. How fast do they grow?

# %% [markdown]
# <details><summary>Solution</summary>
#
# By $a$ there are two paths, with the products $5 \times 1$ and $1$. By $b$ there is one, with $2 \times 1$.
#
# ```python
# dz_da, dz_db = 6, 2
# ```
# </details>
#
# **2. One row.** The bell $y = \dfrac{1}{1 + x^2}$ is to be an operation. Its derivative is $\dfrac{-2x}{(1 + x^2)^2}$,
# or shorter, through the result itself, $-2xy^2$. Write the partials as a function `lambda m, x, y: [...]`.

# %%
bell_partials = ...

# %%
if bell_partials is not ...:

    @primitive(partials=bell_partials)
    def bell(m, x):
        return m.div(1.0, 1.0 + m.square(x))

    for x in [-2.0, 0.5, 3.0]:
        gradcheck(bell, x)
    assert grad(bell)(1.0) == -0.5
    print("Right: bell is an operation like any other now.")

# %% tags=["check"]
from autograd import grad, primitive


@primitive(partials=bell_partials)
def my_bell(m, x):
    return m.div(1.0, 1.0 + m.square(x))


[grad(my_bell)(x) for x in (-2.0, 0.5, 3.0)]
# slip bell_partials = lambda m, x, y: [2 * x * m.square(y)] -> a sign: the bell falls where x is positive.
# slip bell_partials = lambda m, x, y: [-2 * x * y] -> y must be squared, as the denominator is.
# slip bell_partials = lambda m, x, y: [-2 * m.square(y)] -> the inner derivative 2x is missing: the chain rule.
# slip bell_partials = lambda m, x, y: [-x * m.square(y)] -> the derivative of x² is 2x.

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# bell_partials = lambda m, x, y: [-2 * x * m.square(y)]
# ```
# </details>
#
# ## Recap
#
# - A computation is a tape of small operations, and each knows its own partials.
# - Along a path partials are multiplied; over several paths the products are added.
# - One walk up the tape finds the derivatives by all inputs, because a number is complete before it passes anything on.
# - Derivatives by weights are kept, to improve them; derivatives by inputs are passed on, to whoever computed them.
#
# **Next: [3. One neuron, one step](03_one_neuron_one_step.ipynb)**: what the derivatives are kept for.
