# %% [markdown]
# # 10. Write scalars, run matrices
#
# **The question: can code that is written number by number run as fast as matrices?**
#
# In nine notebooks we have computed with single numbers, *scalars*, because single numbers can be looked at. Whoever
# wants speed writes matrices instead: one call that multiplies and adds thousands of numbers. Those programs are
# fast, and hard to look into.
#
# Here we have both. We go on writing scalars; the tape of what they did is searched for matrices, and those are run.

# %% [markdown]
# ## A layer, number by number
#
# Five samples of four numbers each go through a layer of three neurons. **Predict:** how many operations are that? (A
# neuron: four products, three additions, one tanh.)

# %%
import random

from autograd import Tape, Value, tanh

chance = random.Random(0)
weights = [[Value(chance.choice([-2, -1, 1, 2])) for _ in range(4)] for _ in range(3)]
samples = [[chance.choice([-1.0, 0.0, 1.0, 2.0]) for _ in range(4)] for _ in range(5)]

# %% tags=["predict"]
my_guess = 120  # operations
# slip 24 -> that is for one sample; there are five.
# slip 8 -> that is one neuron and one sample.
# slip 40 -> that is one neuron; there are three.
# slip 135 -> four products need three additions, not four.


# %%
def layer(samples):
    return [[tanh(sum(w * x for w, x in zip(row, sample))) for row in weights] for sample in samples]


with Tape() as tape:
    outputs = layer(samples)
print(len(tape), "operations; the first neuron's:", *[node.op for node in tape][:8])

# %% [markdown]
# 8 operations for a neuron, 3 neurons, 5 samples: 120. Now `compile` records that tape once, looks for operations
# that can be done together, and prints what it has found.

# %%
import autograd

compiled = autograd.compile(layer)
compiled(samples)
print(compiled.program)

# %% [markdown]
# 120 operations have become two. All the products and additions together are *one* matrix product: five rows of four
# numbers, times the three rows of weights, make five rows of three. Then one tanh of all fifteen.

# %%
import matplotlib.pyplot as plt
import numpy as np

left, right = np.array(samples), np.array([[w.data for w in row] for row in weights]).T
_, axes = plt.subplots(1, 3, figsize=(9.6, 3), width_ratios=[4, 3, 3])
titles = "samples (5 × 4)", "times weights (4 × 3)", "= sums (5 × 3)"
for plot, matrix, title in zip(axes, (left, right, left @ right), titles):
    plot.imshow(matrix, cmap="PuOr", vmin=-12, vmax=12)
    for (i, j), number in np.ndenumerate(matrix):
        plot.text(j, i, f"{number:.0f}", ha="center", va="center")
    plot.set(title=title, xticks=[], yticks=[], ylim=(4.5, -0.5))
plt.show()

# %% [markdown]
# Check the −4: the first row of samples, times the first column of weights, is
# $0 \cdot 2 + (-1) \cdot 2 + 1 \cdot (-2) + 0 \cdot 1$.
#
# And this is the program that runs. Nobody has written it; it was found in the scalars. (`print(program.source)`
# shows all of it, with the places in memory that the names stand for.)

# %%
source = compiled.program.source
print(source[source.index("def forward") :])

# %% [markdown]
# How does one find a matrix product in a list of scalars? In three steps:
#
# 1. **Chains become sums.** A product that is added to a product that is added to a product is one sum of products.
# 2. **Levels become blocks.** Sums of products that do not depend on each other, and are equally long, can be
#    computed side by side. Here these are 15.
# 3. **Rectangles become matrices.** If those 15 combine each of 5 lists of left factors with each of 3 lists of right
#    factors, complete, then they are the 5 × 3 entries of one matrix product.

# %% [markdown]
# ## If, and if not
#
# A recorded tape knows only one way through the program. What if there was an `if`? **Predict** the four results.

# %% tags=["predict"]
my_guess = 1, 9, 2, 5  # for 1, 3, -2 and -5
# slip 1, 9, 4, 25 -> so it would be if the way that was recorded first were taken for all.
# slip 1, 9, -2, -5 -> for negative x it is -x.


# %%
def bent(x):
    return x * x if x > 0 else -x


fast = autograd.compile(bent)
print([fast(x) for x in (1.0, 3.0, -2.0, -5.0)])
print("recorded", fast.cache_info().recordings, "time for 4 calls")

# %% [markdown]
# All right: 1, 9, 2, 5, from one recording. `compile` reads the function's text, sees that both ways only compute, and
# makes the `if` a choice inside the program: both are computed, and the one not taken counts for nothing. Where a way
# does more, as append to a list, the comparison is checked at every call, and the function is recorded again when it
# comes out otherwise. `fast.explain_branches()` says which it is. More of that, and of loops, is in
# [12. Loops and choices](12_loops_and_choices.ipynb).

# %% [markdown]
# ## Real data: digits
#
# 1,797 digits written by hand, 8 × 8 pixels each. A third is kept back, as always.

# %%
import nn

digits = nn.data.digits()
pixels = [[shade / 16 for shade in image] for image in digits.X]
X, X_test, y, y_test = nn.data.split(pixels, digits.y, test=1 / 3, seed=0)
_, axes = plt.subplots(1, 10, figsize=(9.6, 1.4))
for plot, image, label in zip(axes, X, y):
    plot.imshow(np.reshape(image, (8, 8)), cmap="gray_r")
    plot.set(title=label, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# The network has 64 inputs, 32 hidden neurons and 10 outputs, one for each digit. First the loss of 100 images, as in
# notebook 8.

# %%
model = nn.MLP(64, [32, 10], activation="relu", seed=0)


def loss(images, labels):
    return nn.cross_entropy([model(image) for image in images], labels)


fast_loss = autograd.compile(loss)
print(f"plain {loss(X[:100], y[:100]).data:.6f}, compiled {fast_loss(X[:100], y[:100]):.6f}")
print(fast_loss.program)

# %%
autograd.draw(fast_loss.program)

# %% [markdown]
# The same number, from a handful of blocks: the two layers are two matrix products. (A neuron's whole sum is one
# operation called `linear` in `nn`; multiplied out there would be half a million operations.) `backward` runs the
# same blocks in reverse. Is it worth it? Time both; the next cell only says whether one is more than twenty times as
# fast as the other, because the exact figure is another on every machine. Print it on yours.

# %%
from timeit import repeat

plain = min(repeat(lambda: loss(X[:100], y[:100]).backward(), number=1, repeat=3))
quick = min(repeat(lambda: fast_loss.backward(X[:100], y[:100]), number=1, repeat=50))
print("more than twenty times as fast:", plain > 20 * quick)

# %% [markdown]
# `nn.fit` compiles by itself; all the trainings of the last notebooks have run this way. Twenty passes over 1,198
# images. (`Adam` is `SGD` with momentum and a rate for each weight;
# [notebook 13](13_adam_weight_decay_dropout_initialisation.ipynb) takes it apart.)

# %%
model = nn.MLP(64, [32, 10], activation="relu", seed=0)
adam = nn.Adam(model.parameters(), lr=0.01)
how = {"loss": nn.cross_entropy, "optimizer": adam, "epochs": 20, "batch_size": 32, "seed": 0}
history = nn.fit(model, X, y, **how)
said = [nn.predicted_class(model(image)) for image in X_test]
right = sum(a == b for a, b in zip(said, y_test)) / len(y_test)
print(f"share of the digits never seen before that are read correctly: {right:.2f}")

# %%
wrong = [k for k in range(len(y_test)) if said[k] != y_test[k]]
_, axes = plt.subplots(1, 8, figsize=(9.6, 1.8))
for plot, k in zip(axes, wrong):
    plot.imshow(np.reshape(X_test[k], (8, 8)), cmap="gray_r")
    plot.set(title=f"read {said[k]},\nis {y_test[k]}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# Some of these you would have got wrong yourself.

# %% [markdown]
# ## What goes wrong
#
# A network that does not learn does not say why. It computes, without complaint, nonsense. Here are three classics,
# on purpose. **Predict** for each what will happen.
#
# **First: all weights 0.** It seems so neutral.

# %% tags=["predict"]
my_guess = 2.30  # the loss after training, if all weights begin at 0
# within 0.02
# slip 1.0 -> that is the logarithm of 10 to base 10; the natural one is meant.
# slip 0 -> can the neurons of a layer become different from one another?


# %%
def train(model, epochs=20):
    sgd = nn.SGD(model.parameters(), lr=0.5)
    return nn.fit(model, X, y, loss=nn.cross_entropy, optimizer=sgd, epochs=epochs, seed=0)


zeros = nn.MLP(64, [32, 10], activation="relu", init="zeros")
print("zeros: loss", round(train(zeros).history["loss"][-1], 2))
chosen = nn.MLP(64, [32, 10], activation="relu", seed=0)
print("drawn: loss", round(train(chosen).history["loss"][-1], 2))

# %% [markdown]
# $\log 10 = 2.30$: it guesses. With zeros every hidden neuron says 0 and is told to change by 0; and were they all
# some other number, they would all change alike and remain copies of one another for ever. The draw breaks the tie.
#
# `nn.diagnose` looks for such things and names them, with the number that shows it.

# %%
for finding in nn.diagnose(zeros, (X, y), loss=nn.cross_entropy):
    print("-", finding.what, "in", finding.where)

# %% [markdown]
# (The first is about the data: pixels in the corners are almost always white.)
#
# **Second: forgotten `zero_grad`.** `backward` *adds* to `grad`, as we saw in notebook 2, so that several losses can
# be added up. Whoever forgets to clear it goes by the sum of all gradients that ever were.

# %% tags=["predict"]
my_guess = "swings"  # with a forgotten zero_grad: x goes to "rest", or "swings", or "runs away"
# slip "runs away" -> beyond 0 the gradients have the other sign, and the sum turns.
# slip "rest" -> the sum of all gradients is not 0 when x is.


# %%
def descend(forget, steps=60):
    x, path = Value(1.0), []
    sgd = nn.SGD([x], lr=0.1)
    for _ in range(steps):
        path.append(x.data)
        if not forget:
            sgd.zero_grad()
        (x * x).backward()
        sgd.step()
    return path


# %%
plt.plot(descend(forget=False), label="with zero_grad")
plt.plot(descend(forget=True), label="forgotten")
plt.xlabel("step")
plt.ylabel("x, which should go to 0")
plt.legend(loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=2)
plt.show()

# %% [markdown]
# It swings for ever. You have seen this curve: the sum of all gradients is a velocity that nothing slows down,
# momentum with $\alpha = 1$ (notebook 7).
#
# **Third: vanishing gradients.** Six layers of sigmoids, and one of scores. On the way back each layer multiplies
# the gradient by its weights and by the slope of its sigmoids, and that slope is at most 1/4.

# %% tags=["predict"]
my_guess = 1  # the layer, of 1 to 7, that gets the smallest gradients with sigmoids
# within 0.001
# slip 7 -> that is the last; on the way back it comes first.


# %%
def sizes(activation):
    model = nn.MLP(64, [16] * 6 + [10], activation=activation, seed=0)
    loss = nn.cross_entropy([model(image) for image in X[:50]], y[:50])
    loss.backward()
    return [np.mean([abs(p.grad) for p in part.parameters()]) for part in model.layers]


# %%
for activation in ("sigmoid", "tanh", "relu"):
    plt.semilogy(range(1, 8), sizes(activation), "o-", label=activation)
plt.xlabel("layer (1 reads the image, 7 gives the scores)")
plt.ylabel("mean size of the gradients")
plt.legend()
plt.show()

# %%
deep = nn.MLP(64, [16] * 6 + [10], activation="sigmoid", seed=0)
for finding in nn.diagnose(deep, (X, y), loss=nn.cross_entropy):
    if finding.what == "vanishing gradients":
        print(finding)

# %% [markdown]
# The first layer gets a ten-thousandth of what the last one gets: it stays at its random weights, and what the later
# layers are given to read is noise. With relu, whose slope is 1 or 0, and with tanh, whose slope is near 1 around 0,
# the gradients of all layers are about alike.

# %% [markdown]
# ## A tiny GPT
#
# To finish, the kind of network that writes texts. It reads a word letter by letter, and guesses at each letter which
# one comes next. Every line of it is arithmetic with single numbers, and you know all of the arithmetic.
#
# 73 words of five letters to learn from. A full stop begins and ends each.

# %%
words = """alder amber apple arrow aspen aster basil beach berry birch briar brook cedar
chalk clove coral crane creek daisy eagle ember fable ferns finch flame flint goose grape
grove hazel heron holly honey ivory larch lemon lilac linen lotus maple marsh melon moose
mossy myrrh ocean olive otter pearl petal plume poppy quail raven river robin rowan shore
sloop snowy stone stork storm swans thorn tiger trout tulip vines viola waves wheat wings"""
symbols = "." + "".join(sorted(set(words) - set(" \n")))
coded = [[0, *map(symbols.index, word), 0] for word in words.split()]
print(len(coded), "words; the first is", coded[0])

# %% [markdown]
# **The parameters.** Each symbol gets a list of 16 numbers (`table`), and so does each place in the word (`place`).
# The rest are the weights of layers without biases.

# %%
chance = random.Random(0)


def matrix(rows, columns):
    return [[Value(chance.gauss(0, 0.2)) for _ in range(columns)] for _ in range(rows)]


table, place = matrix(len(symbols), 16), matrix(6, 16)
query, key, value, mix = (matrix(16, 16) for _ in range(4))
widen, narrow, head = matrix(64, 16), matrix(16, 64), matrix(len(symbols), 16)

# %%
parts = [table, place, query, key, value, mix, widen, narrow, head]
parameters = [number for part in parts for row in part for number in row]
print(len(parameters), "parameters")

# %% [markdown]
# **Attention.** Each place asks a question (`query`), and each place offers an answer (`value`) under a heading
# (`key`). Where question and heading agree, their product is large. Softmax turns the products into shares, and the
# place takes that mixture of the answers. `[: k + 1]` means: look back, never ahead.

# %%
from autograd import dot, logsumexp, pick, relu, softmax


def times(matrix, x):
    return [dot(row, x) for row in matrix]


# %%
def attention(xs):
    queries, keys, values = ([times(part, x) for x in xs] for part in (query, key, value))
    mixed = []
    for k, asked in enumerate(queries):
        shares = softmax([dot(asked, offered) / 4 for offered in keys[: k + 1]])
        mixed.append([dot(shares, column) for column in zip(*values[: k + 1])])
    return [times(mix, x) for x in mixed]


# %% [markdown]
# **The whole network.** Look up symbol and place and add them; add what attention has gathered; add what a hidden
# layer of 64 relus makes of it; and give each symbol a score.


# %%
def plus(x, y):
    return [a + b for a, b in zip(x, y)]


def scores(tokens):
    xs = [[pick(c, token) for c in zip(*table)] for token in tokens]
    xs = [plus(x, at) for x, at in zip(xs, place)]
    xs = [plus(x, more) for x, more in zip(xs, attention(xs))]
    xs = [plus(x, times(narrow, [relu(h) for h in times(widen, x)])) for x in xs]
    return [times(head, x) for x in xs]


# %% [markdown]
# **The loss** is the cross-entropy of notebook 8: the surprise at each next letter. What does the tape of one word
# look like?


# %%
def surprise(tokens):
    rows = scores(tokens[:-1])
    return sum(logsumexp(row) - pick(row, nxt) for row, nxt in zip(rows, tokens[1:])) / 6


with Tape() as tape:
    surprise(coded[0])
learn = autograd.compile(surprise, batch=0)
print(f"before training: {learn.backward(coded):.2f}; a blind guess: {np.log(len(symbols)):.2f}")
print(len(tape), "operations for a word")

# %%
print(learn.program)

# %% [markdown]
# Find the parts in the table: `pick` is the looking up, the `dot` after it is query, key *and* value in one matrix
# product, 6 × 6 are all questions with all headings, 6 × 64 is the hidden layer.

# %%
adam, losses = nn.Adam(parameters, lr=0.01), []
for _ in range(200):
    batch = chance.sample(coded, 24)
    adam.zero_grad()
    losses.append(learn.backward(batch))
    adam.step()
plt.plot(losses)
plt.xlabel("step")
plt.ylabel("surprise at a letter")
plt.show()

# %% [markdown]
# And now it writes. Begin with the full stop, draw a letter from the probabilities, append it, and ask again.

# %%
guess = autograd.compile(scores)


def write():
    tokens = [0]
    for k in range(5):
        row = guess(tokens + [0] * (5 - k))[k]  # what stands behind cannot be seen
        tokens += chance.choices(range(len(symbols)), softmax(row))
    return "".join(symbols[k] for k in tokens[1:])


# %%
written = [write() for _ in range(40)]
print(*sorted(set(written) - set(words.split())))

# %% [markdown]
# These are words that were *not* among the 73. Most of them do not exist, and yet you can pronounce most of them: it
# has learned which letters follow which. A large language model is this, with a hundred million times as many
# parameters. A version with several heads and words of all lengths is in `examples/gpt.py`.

# %% [markdown]
# ## The same in PyTorch
#
# What you have learned carries over to the large libraries. On the left our network for digits, on the right PyTorch:
#
# | here | PyTorch |
# |---|---|
# | `model = nn.MLP(64, [32, 10], activation="relu")` | `model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))` |
# | `optimizer = nn.SGD(model.parameters(), ...)` | `optimizer = SGD(model.parameters(), ...)` |
# | `loss = nn.cross_entropy([model(x) for x in images], labels)` | `loss = cross_entropy(model(images), labels)` |
# | `optimizer.zero_grad()` | `optimizer.zero_grad()` |
# | `loss.backward()` | `loss.backward()` |
# | `optimizer.step()` | `optimizer.step()` |
# | `loss.data` | `loss.item()` |
# | a `Value` for each number | a tensor for each matrix: `images` has the shape 100 × 64 |

# %%
images, labels = pixels[:100], digits.y[:100]
model = nn.MLP(64, [32, 10], activation="relu", seed=0)
optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9)
for _ in range(5):
    loss = nn.cross_entropy([model(x) for x in images], labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"{loss.data:.10f}")

# %% [markdown]
# PyTorch 2.13.0, run once with the same weights to begin with, and with numbers of the same precision (`.double()`),
# has printed
#
# ```
# 2.5970090404
# 2.4693695191
# 2.3152505131
# 2.1941721061
# 2.0941336635
# ```
#
# The same ten decimals. There is no other mathematics in there.

# %% [markdown]
# ## Exercises
#
# **1. Count.** 10 samples of 8 numbers go through a layer of 6 neurons, written as in the first section: products,
# additions, one tanh. How many operations are on the tape?

# %%
operations = ...

# %%
if operations is not ...:
    weights = [[Value(0.1)] * 8 for _ in range(6)]
    with Tape() as tape:
        layer([[1.0] * 8] * 10)
    assert operations == len(tape), "a neuron has 8 products, but fewer additions"
    print("Right.")

# %% tags=["check"]
operations
# slip operations = 16 -> that is one neuron for one sample.
# slip operations = 96 -> that is for one sample; there are ten.
# slip operations = 160 -> that is one neuron; there are six.
# slip operations = 1020 -> eight products need seven additions, not eight.
# slip operations = 900 -> the tanh is an operation too.

# %% [markdown]
# <details><summary>Solution</summary>
#
# A neuron has 8 products, 7 additions and 1 tanh, which are 16; there are $10 \cdot 6$ of them.
#
# ```python
# operations = 960
# ```
# </details>
#
# **2. A cure.** Build a network for the digits that is as deep as `deep` (six hidden layers of 16) and in which
# `nn.diagnose` finds no vanishing gradients.

# %%
cured = ...

# %%
if cured is not ...:
    assert isinstance(cured, nn.MLP)
    assert [len(part.neurons) for part in cured.layers] == [16] * 6 + [10]
    findings = nn.diagnose(cured, (X, y), loss=nn.cross_entropy)
    assert "vanishing gradients" not in [finding.what for finding in findings]
    print("Right: the first layer hears what the last one says.")

# %% tags=["check"]
findings = nn.diagnose(cured, (X, y), loss=nn.cross_entropy)
sizes_of_layers = [len(part.neurons) for part in cured.layers]
[sizes_of_layers, "vanishing gradients" in [finding.what for finding in findings]]
# slip cured = nn.MLP(64, [16] * 6 + [10], activation="sigmoid", seed=1) -> another seed does not help: the slope of a
#   sigmoid is at most 1/4.
# slip cured = nn.MLP(64, [32, 10], activation="relu", seed=0) -> it must be as deep: six hidden layers of 16.

# %% [markdown]
# <details><summary>Solution</summary>
#
# Take another activation; its initial weights are chosen to suit it.
#
# ```python
# cured = nn.MLP(64, [16] * 6 + [10], activation="relu", seed=0)
# ```
# </details>

# %% [markdown]
# ## Recap
#
# - The tape of scalar code contains the matrices. `autograd.compile` finds them and runs them; comparisons are
#   watched.
# - Draw the weights, clear the gradients, mind the slopes; and let `nn.diagnose` look when nothing moves.
# - A GPT is look-ups, sums of products, softmax, relu and cross-entropy.
# - Everything is the same in the large libraries, only larger.
#
# It all began with [the derivative of profit](01_the_derivative_of_profit.ipynb): a slope, and a step in its direction.
# Nothing has been added to that but size. What it takes to make size work is the subject of
# [13. Adam, weight decay, dropout, initialisation](13_adam_weight_decay_dropout_initialisation.ipynb).
