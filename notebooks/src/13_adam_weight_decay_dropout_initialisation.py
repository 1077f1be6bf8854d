# %% [markdown]
# # 13. Adam, weight decay, dropout, initialisation
#
# **The question: the loop is always the same. Which four small things make it work for networks that are large?**
#
# Predict, loss, gradient, step: nothing is missing from that loop, and yet nobody trains a large network with nothing
# but that. Four additions are in nearly every program. Each of them is a line or two, and each answers to something
# that goes wrong without it. So each section of this notebook begins with a failure.

# %% [markdown]
# ## Adam: a failure first
#
# Two numbers are to be made small. The loss is flat in one of them, and a million times as steep in the other:
#
# $$L(x, y) = \frac{x^2}{2000} + 500\,y^2, \qquad \frac{\partial L}{\partial x} = \frac{x}{1000}, \qquad
# \frac{\partial L}{\partial y} = 1000\,y.$$
#
# Notebook 7 has said what happens: the steep direction dictates the rate, which must be below $2/1000$. **Predict**
# where $x$ is after 300 steps of plain descent from $x = 1$ with a rate of 0.0015. (Each step multiplies it by $1 -
# 0.0015/1000$.)

# %% tags=["predict"]
my_guess = 0.99955  # x after 300 steps
# within 0.0001
# slip 0 -> that is where y is. Each step takes only 1.5 millionths off x.
# slip 0.9999985 -> that is after one step; take it to the power of 300.
# slip 0.6374 -> the slope of x²/2000 is x/1000, not x.

# %%
import nn
from autograd import Value


# %%
def descend(optimizer_of, steps=300):
    x, y = Value(1.0), Value(1.0)
    optimizer, path = optimizer_of([x, y]), []
    for _ in range(steps):
        path.append([x.data, y.data])
        optimizer.zero_grad()
        (x**2 / 2000 + 500 * y**2).backward()
        optimizer.step()
    return path


# %%
paths = {
    "plain": descend(lambda both: nn.SGD(both, lr=0.0015)),
    "momentum 0.9": descend(lambda both: nn.SGD(both, lr=0.0015, momentum=0.9)),
    "Adam": descend(lambda both: nn.Adam(both, lr=0.05)),
}
for name, path in paths.items():
    x, y = (round(z, 6) + 0.0 for z in path[-1])
    print(f"{name:12}  x = {x:.6f}, y = {y:.6f}")

# %% [markdown]
# Plain descent has not moved $x$, and momentum has hardly moved it: ten times almost nothing. Adam has brought both to
# 0, as if they were equally steep. How?
#
# ## A rate for each weight
#
# Adam keeps two running means for each weight: of its gradients, $m$, and of their squares, $v$. And it steps by the
# first over the root of the second:
#
# $$m \leftarrow 0.9\,m + 0.1\,g, \qquad v \leftarrow 0.999\,v + 0.001\,g^2, \qquad
# w \leftarrow w - \text{rate} \cdot \frac{\hat m}{\sqrt{\hat v} + \varepsilon}.$$
#
# Both means begin at 0, and so are too small at first: after $t$ steps, by the factors $1 - 0.9^t$ and $1 - 0.999^t$.
# The hats say that they are divided by these. ($\varepsilon = 10^{-8}$ is there so that nothing is divided by 0.)
#
# Do the first step with a pencil. $\hat m = 0.1\,g / 0.1 = g$, and $\hat v = 0.001\,g^2 / 0.001 = g^2$. So the step is
# $\text{rate} \cdot g / |g|$. **Predict** the first steps for the gradients 1000, 0.001 and −2, with a rate of 0.05.

# %% tags=["predict"]
my_guess = -0.05, -0.05, 0.05  # what is added to the weight
# within 0.001
# slip -50, -0.00005, 0.1 -> that is plain descent; here the size of the gradient cancels.
# slip 0.05, 0.05, -0.05 -> a sign: a step goes against the gradient.
# slip -0.05, -0.05, -0.05 -> the size of the gradient cancels, but not its sign.


# %%
def adam_steps(gradients, rate=0.05):
    m = v = 0.0
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        yield -rate * m_hat / (v_hat**0.5 + 1e-8)


for gradients in ([1000.0], [0.001], [-2.0], [1.0, 1.0, 1.0], [1.0, -1.0, 1.0, -1.0]):
    print(f"gradients {gradients!s:23} steps", [round(step, 4) for step in adam_steps(gradients)])

# %% [markdown]
# **Adam looks at the sign of a gradient and at how steady it is, not at its size.** Where gradients agree, steps have
# the length of the rate, whatever the gradients' unit. Where they contradict each other, $m$ shrinks and $v$ does not,
# and steps become short. So the rate means something at last: *about how far a weight moves in one step*.
#
# Is that really all? Here is `nn.Adam` on the same gradients, to the last bit:

# %%
w = Value(0.0)
adam, moved = nn.Adam([w], lr=0.05), []
for g in [3.0, -1.0, 0.5, 8.0]:
    before, w.grad = w.data, g
    adam.step()
    moved.append(w.data - before)
print([round(x, 12) for x in moved])
print([round(x, 12) for x in adam_steps([3.0, -1.0, 0.5, 8.0])])

# %% [markdown]
# The price: two more numbers for each weight, and steps that do not become shorter near the goal by themselves.
#
# And the hats? Without them the first step would be $0.1\,g / \sqrt{0.001\,g^2}$ times the rate. **Predict** how many
# times too long that is.

# %% tags=["predict"]
my_guess = 3.16  # times as long
# within 0.01
# slip 100 -> take the root of 0.001.
# slip 0.316 -> 0.1 divided by 0.0316.

# %%
print(f"{0.1 / 0.001**0.5:.2f} times")

# %% [markdown]
# ## Weight decay: a failure first
#
# In [notebook 5](05_when_to_stop.ipynb) a network learned twelve measurements of a wave by heart. Here they are again,
# with the forty that were held back. What did the weights do, while it learned by heart? **Predict**: are they larger
# after 200 epochs, or after 2,000?

# %% tags=["predict"]
my_guess = 2000  # the number of epochs after which the weights are larger
# slip 200 -> to bend towards every single point, a curve needs steep slopes; and slopes are weights.

# %%
from math import sin
from random import Random


def measure(xs, seed):
    random = Random(seed)
    return [[x] for x in xs], [sin(x) + random.gauss(0, 0.4) for x in xs]


# %%
chance = Random(100)
X, y = measure([-3 + 6 * k / 11 for k in range(12)], seed=25)
held_back = measure([chance.uniform(-3, 3) for _ in range(40)], seed=101)


def train(decay, epochs=2000):
    model = nn.MLP(1, [16, 16, 1], activation="tanh", seed=0)
    sgd = nn.SGD(model.parameters(), lr=0.04, momentum=0.9, weight_decay=decay)
    nn.fit(model, X, y, loss=nn.mean_squared_error, optimizer=sgd, epochs=epochs, batch_size=None)
    return model


# %%
def report(name, model):
    losses = [nn.mean_squared_error([model(x) for x in points], values).data for points, values in ((X, y), held_back)]
    size = sum(p.data**2 for p in model.parameters()) ** 0.5
    print(f"{name}: training {losses[0]:.3f}, held back {losses[1]:.3f}, size of all weights {size:.2f}")


report("  200 epochs", train(0.0, epochs=200))
by_heart = train(0.0)
report("2,000 epochs", by_heart)

# %% [markdown]
# A curve that bends sharply has steep slopes, and steep slopes need large weights. So whoever wants gentle curves makes
# large weights costly. The penalty is half the sum of all squared weights, times a number $\lambda$:
#
# $$\text{loss} + \frac{\lambda}{2} \sum w^2, \qquad \text{with the gradient} \quad g + \lambda w.$$
#
# Where the loss does not care about a weight ($g = 0$), a step makes it $w - \text{rate} \cdot \lambda w$, that is $(1
# - \text{rate} \cdot \lambda)$ times as large: it *decays*, like anything that loses the same share again and again.
# **Predict**, for a rate of 0.1 and $\lambda = 0.1$, after how many steps it is half as large. ($0.99^k = 0.5$.)

# %% tags=["predict"]
my_guess = 69  # steps
# within 0.02
# slip 7 -> a step takes off rate × λ = 0.01 of it, not 0.1.
# slip 50 -> a hundredth of what is left each time, not of what was there at first.

# %%
w = Value(1.0)
sgd, steps = nn.SGD([w], lr=0.1, weight_decay=0.1), 0
while w.data > 0.5:
    w.grad = 0.0
    sgd.step()
    steps += 1
print(steps, "steps")

# %% [markdown]
# Now the twelve points, with a little decay and with more. **Predict** which of 0, 0.03 and 1 does best on the points
# held back.

# %% tags=["predict"]
my_guess = 0.03  # the λ
# within 0.0001
# slip 0 -> that is the one that has learned by heart.
# slip 1 -> with so much decay the weights are held at 0, and the network learns nothing at all.

# %%
gentle = train(0.03)
report("λ = 0   ", by_heart)
report("λ = 0.03", gentle)

# %%
stiff = train(1.0)
report("λ = 1   ", stiff)

# %%
import matplotlib.pyplot as plt
import numpy as np

grid = np.linspace(-3, 3, 121)
_, axes = plt.subplots(1, 3, figsize=(9.6, 3), sharey=True)
for plot, model, decay in zip(axes, (by_heart, gentle, stiff), (0, 0.03, 1)):
    plot.plot(grid, np.sin(grid), ":", color="#7b8494")
    plot.plot(*held_back, "o", color="#e3b48f", markersize=3)
    plot.plot(X, y, "o", color="#0072b2")
    plot.plot(grid, [model([x]).data for x in grid], color="black")
    plot.set(title=f"λ = {decay}", ylim=(-2.2, 2.2), xlabel="x")
plt.show()

# %% [markdown]
# On the left every point is met and the wave is lost. In the middle the errors of the points are left to the points. On
# the right the penalty is all that counts.
#
# One trap. In Adam a penalty in the gradient is divided by $\sqrt{\hat v}$ like all the rest, so that weights with
# large gradients would hardly decay. `nn.AdamW` therefore takes $\text{rate} \cdot \lambda w$ off the weight itself,
# beside Adam's step (Loshchilov & Hutter 2019). With a gradient that goes up and down between 10 and −10, a thousand
# times:

# %%
for name, made in (("Adam ", nn.Adam), ("AdamW", nn.AdamW)):
    w = Value(1.0)
    optimizer = made([w], lr=0.01, weight_decay=0.1)
    for k in range(1000):
        w.grad = 10.0 * (-1) ** k
        optimizer.step()
    print(f"{name}: {w.data:.3f}, and (1 - 0.01 × 0.1) to the power of 1000 is {0.999**1000:.3f}")

# %% [markdown]
# ## Dropout: a failure first
#
# A neuron $\hat y = w_1 x_1 + w_2 x_2$ shall say 1. It is given two clues, a loud one, $x_1 = 3$, and a quiet one,
# $x_2 = 1$. Each alone would do. Training begins at $w = (0, 0)$. The gradient is $2e \cdot (3, 1)$, so the weights go
# along $(3, 1)$ until $3 w_1 + w_2 = 1$. **Predict** where they end, and what the neuron says when one day the loud
# clue is missing.

# %% tags=["predict"]
my_guess = 0.3, 0.1, 0.1  # w1, w2, and the answer without the loud clue
# within 0.001
# slip 0.25, 0.25, 0.25 -> the gradient of a weight has its input in it: w1 grows three times as fast.
# slip 0.3, 0.1, 0.9 -> that is the answer without the quiet clue.
# slip 0.3333333, 0, 0 -> the second weight grows too, a third as fast.

# %%
from itertools import product


def two_clues(masks, steps=2000):
    w1, w2 = Value(0.0), Value(0.0)
    sgd = nn.SGD([w1, w2], lr=0.01)
    for _ in range(steps):
        sgd.zero_grad()
        nn.mean_squared_error([w1 * 3.0 * a + w2 * 1.0 * b for a, b in masks], [1.0] * len(masks)).backward()
        sgd.step()
    return w1.data, w2.data


# %%
def say(name, w1, w2):
    print(f"{name}: w = ({w1:.3f}, {w2:.3f}), both {3 * w1 + w2:.3f}, loud alone {3 * w1:.3f}, quiet alone {w2:.3f}")


say("without dropout", *two_clues([(1.0, 1.0)]))

# %% [markdown]
# It leans on the loud clue, and without it knows next to nothing. **Dropout** takes inputs away at random while
# training: each is set to 0 with the probability $p$, and those that stay are divided by $1 - p$, so that their mean
# is what it was. With $p = \tfrac12$ there are four cases, equally likely: each clue is there twice as loud, or not at
# all.
#
# What is the best that can be done on average? Let $s_1 = 3 w_1$ and $s_2 = w_2$ be the shares of the two. The four
# answers are $2s_1 + 2s_2$, $2s_1$, $2s_2$ and $0$. Their mean is $s_1 + s_2$, their variance $s_1^2 + s_2^2$, and so
# the mean squared error is
#
# $$(s_1 + s_2 - 1)^2 + s_1^2 + s_2^2.$$
#
# Dropout is a penalty on leaning. **Predict** the two shares. (They are equal, because nothing tells them apart.)

# %% tags=["predict"]
my_guess = 1 / 3, 1 / 3  # the two shares
# within 0.01
# slip 0.5, 0.5 -> that would be without the penalty: with s for both, (2s - 1)² + 2s² has the slope 4(2s - 1) + 4s.
# slip 0.9, 0.1 -> that is without dropout.

# %%
say("with dropout", *two_clues(list(product((0.0, 2.0), repeat=2))))

# %% [markdown]
# Now both clues count for the same, and either alone says something. (With both it says 0.667, too little: the penalty
# has its price.)
#
# The same with real pixels. One layer learns to read digits from just 100 of them. Then the camera breaks, and shows
# only some of the pixels.

# %%
digits = nn.data.digits()
pixels = [[shade / 16 for shade in image] for image in digits.X]
images, X_test, labels, y_test = nn.data.split(pixels, digits.y, test=1 / 3, seed=0)
few, few_labels = images[:100], labels[:100]
readers = {
    "without": nn.Sequential(nn.Layer(64, 10, "linear", seed=0)),
    "with": nn.Sequential(nn.Dropout(0.5, seed=1), nn.Layer(64, 10, "linear", seed=0)),
}
for reader in readers.values():
    sgd = nn.SGD(reader.parameters(), lr=0.3)
    nn.fit(reader, few, few_labels, loss=nn.cross_entropy, optimizer=sgd, epochs=200, batch_size=20, seed=0)

# %%
for missing in (0.0, 0.3, 0.5, 0.7):
    broken = Random(5)
    seen = [[p if broken.random() >= missing else 0.0 for p in image] for image in X_test]
    scores = [f"{name} dropout {reader.score(seen, y_test):.2f}" for name, reader in readers.items()]
    print(f"{missing:.0%} of the pixels missing:", ", ".join(scores))

# %% [markdown]
# Nothing is free: with all pixels there, dropout reads a little worse here. The more pixels are missing, the more it is
# worth to have learned not to rely on any.
#
# And one must not forget to switch it off. In training a network with dropout says something else each time. `fit`,
# `predict` and `score` mind that by themselves; whoever calls the model decides with `train()` and `eval()`:

# %%
reader = readers["with"]
for mode in (reader.train, reader.eval):
    mode()
    print(f"{mode.__name__:5}", [round(reader(X_test[0])[3].data, 3) for _ in range(4)])

# %% [markdown]
# ## Initialisation: a failure first
#
# Ten layers of 32 relus and one of scores, and nothing yet is trained. What arrives at the end? A neuron adds up $n$
# products. If inputs and weights are drawn independently of each other, with the variance of the weights $\sigma^2$,
# the sum has a mean square of $n \sigma^2$ times that of the inputs. A relu keeps half of it. So each layer multiplies
# the mean square by $n \sigma^2 / 2$.
#
# **Predict**, for $\sigma^2 = 1/n$, by how much the numbers (not their squares) have shrunk after ten layers.

# %% tags=["predict"]
my_guess = 1 / 32  # the size after ten layers, when it was 1
# within 0.0005
# slip 0.0009765625 -> that is the mean square; the size is its root.
# slip 1 -> the relu keeps only half of the mean square.


# %%
def deep(variance, seed=0):
    def draw(fan_in, fan_out, random):
        return random.gauss(0, (variance / fan_in) ** 0.5)

    return nn.MLP(64, [32] * 10 + [10], activation="relu", init=draw, seed=seed)


# %%
def sizes(model, count=20):
    signals, found = [[Random(k).gauss(0, 1) for _ in range(64)] for k in range(count)], []
    for layer in model.layers[:-1]:
        signals = [[x.data for x in layer(signal)] for signal in signals]
        found.append(float(np.sqrt(np.mean(np.square(signals)))))
    return found


# %%
def show_sizes(variance):
    figure, plot = plt.subplots(figsize=(6.4, 3))
    for seed in range(3):
        plot.semilogy(range(1, 11), sizes(deep(variance, seed), 5), "o-", color="#0072b2", alpha=0.4)
    plot.semilogy(range(1, 11), [(variance / 2) ** (k / 2) for k in range(1, 11)], "--", color="#d55e00")
    plot.set(ylim=(1e-4, 1e3), xlabel="layer", ylabel="size of its numbers", title=f"variance {variance:g} / n")
    return figure


# %%
from autograd import slide

slide(show_sizes, variance=[0.5, 1.0, 2.0, 4.0, 8.0])

# %% [markdown]
# The dashed line is the pencil's, the dots are three draws. With $1/n$ signals die away, with $4/n$ they explode, and
# with $2/n$ they keep their size on average. That is the rule of He, Zhang, Ren and Sun (2015) for relus. For tanh,
# whose slope is 1 around 0, it is about $1/n$ (Glorot & Bengio 2010). What comes back, the gradients, goes through the
# same factors.
#
# What does training make of that? **Predict** which of the three learns best in 8 epochs.

# %% tags=["predict"]
my_guess = 2  # the variance, times n: 1, 2 or 4
# within 0.001
# slip 1 -> it learns, but what reaches the last layer is a thirtieth of what was put in.
# slip 4 -> its scores begin so large that the first steps are far too long.

# %%
for variance in (1, 2, 4):
    model = deep(variance)
    sgd = nn.SGD(model.parameters(), lr=0.1)
    how = {"loss": nn.cross_entropy, "optimizer": sgd, "epochs": 8, "seed": 0}
    history = nn.fit(model, images[:600], labels[:600], **how)
    losses = [f"{loss:.2f}" for loss in history["loss"]]
    print(f"variance {variance}/n: {history.stop_reason};", ", ".join(losses[::7]) or "not one epoch was finished")

# %% [markdown]
# `nn.MLP` chooses by the activation: He's rule for relus, Glorot's for tanh and sigmoids. Whoever writes layers by hand
# has to think of it.
#
# ## Exercises
#
# **1. A step of Adam.** A weight of 3 gets the gradient −0.02 in its very first step. The rate is 0.01. Where is it
# afterwards?

# %%
new_weight = ...

# %%
if new_weight is not ...:
    w = Value(3.0)
    w.grad = -0.02
    nn.Adam([w], lr=0.01).step()
    assert abs(new_weight - w.data) < 1e-6, "the size of the gradient cancels in the first step"
    print("Right: a gradient of −2,000 would have led there too.")

# %% tags=["check"]
new_weight
# slip new_weight = 2.99 -> a sign: the step goes against the gradient, which is negative.
# slip new_weight = 3.0002 -> that is plain descent: in Adam's first step the size of the gradient cancels.
# slip new_weight = 2.9998 -> a sign, and the size of the gradient: it cancels in Adam's first step.
# slip new_weight = 0.01 -> that is the step; the weight was 3.

# %% [markdown]
# <details><summary>Solution</summary>
#
# $\hat m / \sqrt{\hat v} = -0.02 / 0.02 = -1$, so the step is $+0.01$.
#
# ```python
# new_weight = 3.01
# ```
# </details>
#
# **2. The right size.** Write `deviation(n)`, the standard deviation with which the weights of a relu with `n` inputs
# are to be drawn, so that signals keep their size.


# %%
def deviation(n):
    return ...


# %%
if deviation(2) is not ...:
    drawn = Random(1)
    for n in (2, 50, 200):
        square = sum(sum(drawn.gauss(0, deviation(n)) for _ in range(n)) ** 2 / 2 for _ in range(2000)) / 2000
        assert 0.85 < square < 1.15, f"with {n} inputs of 1 the mean square after the relu is {square:.2f}"
    print("Right: half of n × 2 / n is 1.")

# %% tags=["check"]
[deviation(n) for n in (2, 8, 50, 200)]
# slip deviation = lambda n: 2 / n -> that is the variance; the standard deviation is its root.
# slip deviation = lambda n: (1 / n) ** 0.5 -> that is for tanh; a relu keeps only half of the mean square.
# slip deviation = lambda n: (n / 2) ** 0.5 -> the more inputs, the smaller the weights.
# slip deviation = lambda n: 2 / n**0.5 -> the 2 belongs under the root.

# %% [markdown]
# <details><summary>Solution</summary>
#
# $n \sigma^2 / 2$ must be 1, so $\sigma^2 = 2/n$.
#
# ```python
# def deviation(n):
#     return (2 / n) ** 0.5
# ```
# </details>

# %% [markdown]
# ## Recap
#
# - Adam divides each gradient by its usual size: a weight moves by about the rate, whether its slope is flat or steep.
# - Weight decay makes large weights costly, and so keeps curves gentle. With Adam it must stand beside the step: AdamW.
# - Dropout takes inputs away while training, so that nothing is relied on alone. It must be off when it counts.
# - Weights are drawn so that signals keep their size from layer to layer: a variance of $2/n$ for relus.
#
# None of the four changes the loop. Each changes one line of it: STEP, LOSS, PREDICT and INIT. It all began with
# [the derivative of profit](01_the_derivative_of_profit.ipynb): a slope, and a step in its direction.
