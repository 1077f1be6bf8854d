# %% [markdown]
# # 8. Softmax and cross-entropy
#
# **The question: how does a network answer "which of these?", and how wrong is a wrong answer?**
#
# Is this flower a setosa, a versicolor or a virginica? A network of numbers cannot answer with a name. It answers
# with one number for each possible name, a *score*, the larger the more it is in favour. Scores may be anything: 2,
# or −300.
#
# We want to read them as probabilities: positive, and 1 when added up. And we want a loss that says how good the
# probabilities were, once we know the right name.

# %% [markdown]
# ## From scores to probabilities
#
# Two steps. Take the exponential of each score, which makes every number positive; then divide by their sum, which
# makes them add up to 1. This is *softmax*:
#
# $$p_i = \frac{e^{z_i}}{e^{z_1} + e^{z_2} + \dots + e^{z_n}}.$$
#
# **Predict** the probabilities of the scores 2, 1 and 0, with $e \approx 2.718$ and $e^2 \approx 7.389$.

# %% tags=["predict"]
my_guess = 0.665, 0.245, 0.090  # the three probabilities
# slip 0.667, 0.333, 0 -> that is each score divided by their sum; take the exponentials first.
# slip 7.389, 2.718, 1 -> these are the exponentials; divide them by their sum.

# %%
from math import exp

scores = [2.0, 1.0, 0.0]
powers = [exp(z) for z in scores]
total = sum(powers)
print("exponentials: ", [round(e, 3) for e in powers], " sum", round(total, 3))
print("probabilities:", [round(e / total, 3) for e in powers])

# %%
import matplotlib.pyplot as plt

shares = [e / total for e in powers]
names, colours = ["first", "second", "third"], ["#0072b2", "#d55e00", "#009e73"]
stages = {"scores": scores, "exponentials": powers, "probabilities": shares}
_, axes = plt.subplots(1, 3, figsize=(9.6, 2.8))
for plot, (stage, heights) in zip(axes, stages.items()):
    bars = plot.bar(names, heights, color=colours)
    plot.bar_label(bars, [f"{height:.3g}" for height in heights])
    plot.set(title=stage, ylim=(0, 1.15 * max(heights)))
plt.show()

# %% [markdown]
# One more in the score is a factor of $e$ in the probability: 0.665 is 2.718 times 0.245, and that is 2.718 times
# 0.090. Only *differences* between scores count. **Predict** what becomes of the probabilities when 100 is added to
# every score, or when every score is multiplied by 10.

# %% tags=["predict"]
my_guess = "same", "more"  # the first probability becomes "more", "less", or stays the "same": with +100, with × 10
# slip "more", "more" -> the factor e^100 stands above and below the fraction line.
# slip "same", "same" -> only adding leaves the differences as they are.

# %%
from autograd import slide, softmax

for scores in ([2.0, 1.0, 0.0], [102.0, 101.0, 100.0], [20.0, 10.0, 0.0], [0.2, 0.1, 0.0]):
    print(scores, "->", [round(p, 4) for p in softmax(scores)])

# %% [markdown]
# Adding changes nothing: the factor $e^{100}$ stands above and below the fraction line. Multiplying makes the answer
# more decided. Large scores come near to "the largest takes all", the *maximum*; softmax is a maximum with soft
# edges, hence the name.


# %%
def answer(score):
    figure, plot = plt.subplots(figsize=(5, 2.6))
    shares = softmax([score, 1.0, 0.0])
    bars = plot.bar(names, shares, color=colours)
    plot.bar_label(bars, [f"{share:.3f}" for share in shares])
    plot.set(title=f"scores {score}, 1, 0", ylim=(0, 1.1), ylabel="probability")
    return figure


slide(answer, score=[-3.0, -2.0, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0])

# %% [markdown]
# ## How wrong? The surprise
#
# The network has said 0.665, 0.245, 0.090. Now we look at the label on the flower. If it is the first, the network
# was not surprised much; if the third, very much. The *cross-entropy* is the surprise at the right answer:
#
# $$\text{loss} = -\log p_{\text{label}}.$$
#
# It is 0 for $p = 1$, it grows without bound as $p$ goes to 0, and halving $p$ always adds the same,
# $\log 2 = 0.693$. (Here and in all that follows $\log$ is the *natural* logarithm, to the base $e$: the key *ln* of a
# calculator, on which the key *log* often means base 10.) **Predict** with a pocket calculator: $-\log 0.665$,
# $-\log 0.245$, $-\log 0.090$.

# %% tags=["predict"]
my_guess = 0.408, 1.408, 2.408  # the three losses
# slip 0.177, 0.611, 1.046 -> that is the logarithm to base 10: use the key ln.
# slip -0.408, -1.408, -2.408 -> a sign: the logarithm of a number below 1 is negative, and the loss is minus it.

# %%
import nn

for label in (0, 1, 2):
    loss = nn.cross_entropy([2.0, 1.0, 0.0], label)
    print(f"if the right answer is the {names[label]}: loss {loss:.4f}")

# %% [markdown]
# One after the other they differ by exactly 1. That is no accident: take the logarithm of the fraction,
#
# $$-\log p_{\text{label}} = \log\left(e^{z_1} + \dots + e^{z_n}\right) - z_{\text{label}},$$
#
# and the loss is the "log-sum-exp" of all scores, which is the same for all labels (2.4076), minus the score of the
# right one. In this form the derivative is easy. The log-sum-exp has, by the chain rule,
#
# $$\frac{\partial}{\partial z_i} \log\left(e^{z_1} + \dots + e^{z_n}\right) = \frac{e^{z_i}}{e^{z_1} + \dots + e^{z_n}}
# = p_i,$$
#
# and the second part has $-1$ for the score of the right answer and 0 for the others. Write the right answer as the
# list $y$ with a 1 in its place and 0 elsewhere (*one-hot*), and the gradient is
#
# $$\boxed{\;\frac{\partial\,\text{loss}}{\partial z_i} = p_i - y_i\;}$$
#
# What the network said minus what it should have said. **Predict** the three numbers, if the right answer is the
# first.

# %% tags=["predict"]
my_guess = -0.335, 0.245, 0.090  # the gradient by the three scores
# slip 0.665, 0.245, 0.09 -> these are the probabilities: from that of the right answer 1 is subtracted.
# slip 0.335, -0.245, -0.09 -> a sign: what it said minus what it should have said.

# %%
from autograd import Value, draw

z = [Value(score, label=f"z{k}") for k, score in enumerate([2.0, 1.0, 0.0], start=1)]
loss = nn.cross_entropy(z, 0)
loss.label = "loss"
loss.backward()
draw(loss)

# %% [markdown]
# There it is, in the gradient rows of the scores: −0.3348, 0.2447, 0.0900, which is 0.6652 − 1, 0.2447 − 0, 0.0900 −
# 0. They add up to 0: what the right answer gains, the others lose.
#
# The first score reaches the loss along two paths, and `explain` shows what comes along each. It is the formula
# again, $p$ and $-1$:

# %%
from autograd import explain

print(explain(loss, z[0]))

# %% [markdown]
# ## A failure on purpose: scores of a thousand
#
# Softmax as the formula says it, in plain Python. **Predict** the answer for the scores 1000 and 0. Of course the
# first is as good as certain.

# %% tags=["predict"]
my_guess = "error"  # the first probability for the scores 1000 and 0: a number, or "error"
# slip 1 -> it should be. But how large is e to the power of 1000?


# %%
def naive_softmax(scores):
    powers = [exp(z) for z in scores]
    return [e / sum(powers) for e in powers]


naive_softmax([2.0, 1.0, 0.0])

# %% tags=["raises-exception"]
naive_softmax([1000.0, 0.0])

# %% [markdown]
# $e^{1000}$ has 435 digits, and the largest floating-point number has 309. Libraries for numbers, ours too, do not
# even complain: they go on with infinity. Infinity divided by infinity is "not a number", `nan`, and one step of
# training later so is every weight.

# %%
from autograd import exp as recorded_exp

powers = [recorded_exp(Value(z)) for z in (1000.0, 0.0)]
print("the exponential:", powers[0].data)
print("the probability:", (powers[0] / sum(powers)).data)

# %% [markdown]
# The remedy costs nothing. Adding the same number to all scores changes nothing, as we have seen, so subtract the
# largest one first. Then the largest is 0, its exponential is 1, and the others lie between 0 and 1: nothing can
# overflow.


# %%
def stable_softmax(scores):
    top = max(scores)
    powers = [exp(z - top) for z in scores]
    return [e / sum(powers) for e in powers]


print(stable_softmax([2.0, 1.0, 0.0]))
print(stable_softmax([1000.0, 0.0]), stable_softmax([-1000.0, -1001.0]))

# %% [markdown]
# There is a second trap. The probability of the *wrong* answer is now exactly 0 (it is $e^{-1000}$, and
# floating-point numbers end at about $e^{-745}$), and $-\log 0$ is infinite. The loss has to be computed from the
# scores directly, as log-sum-exp minus score, and never from the probabilities. `nn.cross_entropy` therefore takes
# scores:

# %%
z = [Value(1000.0), Value(0.0)]
loss = nn.cross_entropy(z, 1)
loss.backward()
print("loss", loss.data, "  gradient", [score.grad for score in z])

# %% [markdown]
# Confidently wrong, by a thousand, and still every number is right: loss 1000, gradient $p - y = (1 - 0,\ 0 - 1)$.

# %% [markdown]
# ## Why not the squared error?
#
# Notebook 4 used squared errors. Why not $(1 - p)^2$ here? Take two answers. Then only the difference $z$ of the two
# scores counts, the probability of the right answer is the sigmoid $p = 1/(1 + e^{-z})$, and the two losses are
# $-\log p$ and $(1 - p)^2$. Which one teaches more, when the network is confidently wrong, say at $z = -5$?

# %%
from autograd import log_sigmoid, sigmoid

z = Value(-5.0)
print(f"p = {sigmoid(z).data:.4f}")
losses = {"cross-entropy": -log_sigmoid(z), "squared error": (1 - sigmoid(z)) ** 2}
for name, loss in losses.items():
    z.zero_grad()
    loss.backward()
    print(f"{name}: loss {loss.data:.4f}, gradient {z.grad:.4f}")

# %% [markdown]
# Check: cross-entropy has the gradient $p - 1 = 0.0067 - 1$. The squared error has $-2(1-p) \cdot p(1-p)$, and the
# factor $p$ is what ruins it: it pulls 75 times more feebly, and *the more wrong the answer, the feebler the pull*.

# %%
import numpy as np

z = np.linspace(-8, 8, 161)
p = 1 / (1 + np.exp(-z))
_, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4))
left.plot(z, -np.log(p), label="cross-entropy")
left.plot(z, (1 - p) ** 2, label="squared error")
right.plot(z, p - 1, z, -2 * (1 - p) ** 2 * p)
left.set(title="loss", xlabel="z (wrong on the left, right on the right)")
right.set(title="gradient", xlabel="z")
left.legend()
plt.show()

# %% [markdown]
# On the left, where the network is wrong, cross-entropy falls like a straight slope: gradient −1. The squared error
# is a plateau there, and nobody learns on a plateau. **Predict** how two learners get on that start at $z = -5$.

# %% tags=["predict"]
my_guess = "cross-entropy"  # who gets there first: "cross-entropy" or "squared error"
# slip "squared error" -> which of the two pulls, when the answer is very wrong?


# %%
def learn(loss_of, z, steps=300, rate=0.5):
    z = Value(z)
    optimizer, path = nn.SGD([z], lr=rate), []
    for _ in range(steps):
        path.append(sigmoid(z).data)
        optimizer.zero_grad()
        loss_of(z).backward()
        optimizer.step()
    return path


# %%
plt.plot(learn(lambda z: -log_sigmoid(z), -5.0), label="cross-entropy")
plt.plot(learn(lambda z: (1 - sigmoid(z)) ** 2, -5.0), label="squared error")
plt.xlabel("step")
plt.ylabel("probability of the right answer")
plt.legend()
plt.show()

# %% [markdown]
# Cross-entropy is over the hill after a dozen steps. The squared error sits on its plateau for well over a hundred,
# though nothing is wrong with its gradient: it is merely almost 0.

# %% [markdown]
# ## Flowers
#
# Back to the three species. Four measurements, three scores, each a weighted sum of the measurements plus a bias: a
# network of one layer, which is called *softmax regression*. 100 flowers to learn from, 50 to be judged by.
#
# `standardise` subtracts from each measurement its mean and divides by its standard deviation, so that petals of 1 cm
# and sepals of 6 count alike. Both are taken from the 100 flowers: the other 50 must have no say in anything.

# %%
iris = nn.data.iris()
X, X_test, y, y_test = nn.data.split(iris.X, iris.y, test=1 / 3, seed=0)
X, X_test = nn.data.standardise(X, X_test)
model = nn.MLP(4, [3], seed=0)
optimizer = nn.SGD(model.parameters(), lr=0.3)
history = nn.fit(model, X, y, loss=nn.cross_entropy, optimizer=optimizer, epochs=60, seed=0)
losses = history.history["loss"]
print(f"loss {losses[0]:.3f} at first, {losses[-1]:.3f} at last")
right = nn.accuracy([model(x) for x in X_test], y_test)
print(f"share of right answers for flowers it has never seen: {right:.2f}")

# %% [markdown]
# What does it say of each kind? For each true species, the mean of the probabilities that its flowers got:

# %%
table = [[0.0] * 3 for _ in iris.classes]
for x, label in zip(X_test, y_test):
    for k, p in enumerate(softmax(model(x))):
        table[label][k] += p.data / y_test.count(label)

# %%
plt.figure(figsize=(5, 3.4))
plt.imshow(table, cmap="Blues", vmin=0, vmax=1)
for i, j in np.ndindex(3, 3):
    colour = "white" if table[i][j] > 0.5 else "black"
    plt.text(j, i, f"{table[i][j]:.2f}", ha="center", color=colour)
plt.xticks(range(3), iris.classes)
plt.yticks(range(3), [f"a {name}" for name in iris.classes])
plt.grid(False)
plt.show()

# %% [markdown]
# It is sure of the setosas, and hesitates between the other two, as botanists do.

# %% [markdown]
# ## Digits: what a score looks for
#
# The same single layer reads handwritten digits: 64 pixels, ten scores. Each score is a weighted sum of the pixels, so
# its 64 weights can be laid out as the pixels are, and looked at. **Predict**: in the picture for the 0, what will be
# in the middle, where a 0 has no ink?

# %% tags=["predict"]
my_guess = "negative"  # the weights in the middle of the 0: "positive", "negative", or about "zero"
# slip "positive" -> ink in the middle speaks against a 0.
# slip "zero" -> if they were 0, ink in the middle would be all the same to it; but it speaks against a 0.

# %%
digits = nn.data.digits()
pixels = [[shade / 16 for shade in image] for image in digits.X]
images, unseen, labels, unseen_labels = nn.data.split(pixels, digits.y, test=1 / 3, seed=0)
reader = nn.MLP(64, [10], seed=0)
sgd = nn.SGD(reader.parameters(), lr=0.3)
nn.fit(reader, images, labels, loss=nn.cross_entropy, optimizer=sgd, epochs=30, seed=0)
said = reader.predict_class(unseen)
print(f"share of right answers: {nn.accuracy(reader.predict(unseen), unseen_labels):.3f}")

# %%
_, axes = plt.subplots(2, 5, figsize=(9.6, 4.2))
for label, plot in enumerate(axes.flat):
    weights = [w.data for w in reader.layers[0].neurons[label].w]
    plot.imshow(np.reshape(weights, (8, 8)), cmap="PuOr", vmin=-2, vmax=2)
    plot.set(title=f"speaks for a {label}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# Where it is violet, ink speaks for the digit; where it is orange, against it. The 0 wants a ring and nothing inside.
# The others look less like digits than one would think: a score need not say what a 3 looks like, only what tells it
# from the nine others.
#
# Where is it wrong? A *confusion matrix* counts, for each true digit (a row), what was read (the columns). On the
# diagonal is what is right.

# %%
confusion = np.zeros((10, 10), int)
for label, answer_given in zip(unseen_labels, said):
    confusion[label, answer_given] += 1
plt.figure(figsize=(5, 4.6))
plt.imshow(confusion, cmap="Blues", vmax=20)
for i, j in np.argwhere(confusion):
    plt.text(j, i, confusion[i, j], ha="center", va="center", color="white" if i == j else "black")
plt.xticks(range(10))
plt.yticks(range(10))
plt.gca().set(xlabel="was read", ylabel="is")
plt.grid(False)
plt.show()

# %% [markdown]
# 31 of 599 digits are off the diagonal. The darkest spot among them is five 8s that were read as 1: an 8 that is
# written narrowly is one thick stroke, to a reader that only adds up pixels.

# %% [markdown]
# ## Exercises
#
# **1. Undecided.** Before it has learned anything, a network of ten classes gives every class about the same score.
# What is its loss? If your own network begins with a much larger one, something is amiss.

# %%
first_loss = ...

# %%
if first_loss is not ...:
    assert abs(first_loss - nn.cross_entropy([0.0] * 10, 3)) < 0.001, "each class has the probability 1/10"
    print("Right: remember this number when you train a network.")

# %% tags=["check"]
first_loss
# within 0.001
# slip first_loss = 1 -> that is the logarithm to base 10; log is the natural one, the key ln.
# slip first_loss = 0.1 -> that is the probability of each class; the loss is minus its logarithm.
# slip first_loss = 0.693 -> that is for two classes.
# slip first_loss = 23.026 -> that is the sum over ten samples; the loss is their mean.

# %% [markdown]
# <details><summary>Solution</summary>
#
# Each class has the probability 1/10, and $-\log \frac{1}{10} = \log 10$.
#
# ```python
# from math import log
#
# first_loss = log(10)  # 2.303
# ```
# </details>
#
# **2. The logarithm, stably.** Write `log_softmax(scores)`, the list of all $\log p_i$, so that it survives scores of
# a thousand.

# %%
from math import log


def log_softmax(scores):
    return ...


# %%
if log_softmax([0.0, 0.0]) is not ...:
    assert abs(log_softmax([0.0, 0.0])[0] + log(2)) < 1e-12
    assert log_softmax([1000.0, 0.0]) == [0.0, -1000.0]
    assert log_softmax([-1000.0, -2000.0]) == [0.0, -1000.0]
    assert abs(sum(exp(x) for x in log_softmax([2.0, 1.0, 0.0])) - 1) < 1e-12
    print("Right: no score is too large for it.")

# %% tags=["check"]
given = [[0.0, 0.0], [2.0, 1.0, 0.0], [1000.0, 0.0], [-1000.0, -2000.0]]
[log_softmax(scores) for scores in given]
# slip log_softmax = lambda scores: [z - max(scores) for z in scores] -> the log-sum-exp is not the largest score alone.

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def log_softmax(scores):
#     top = max(scores)
#     total = top + log(sum(exp(z - top) for z in scores))
#     return [z - total for z in scores]
# ```
# </details>

# %% [markdown]
# ## Recap
#
# - Softmax turns scores into probabilities; only differences of scores count.
# - Cross-entropy is $-\log$ of the probability of the right answer. Its gradient by the scores is $p - y$.
# - Subtract the largest score first, and compute the loss from the scores, never from the probabilities.
# - When a network is confidently wrong, cross-entropy pulls with full force, where the squared error hardly pulls at
#   all.
#
# All the borders that one layer can draw are straight. Some questions have crooked answers:
# [9. A network that bends](09_a_network_that_bends.ipynb).
