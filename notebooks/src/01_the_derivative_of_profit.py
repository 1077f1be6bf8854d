# %% [markdown]
# # 1. The derivative of profit
#
# A stall sells lemonade.

# %%
import matplotlib.pyplot as plt

from autograd import Value, draw


def profit(x):
    return -2 * x**2 + 12 * x - 10


profit(3)

# %%
x = Value(2.0, label="x")
p = profit(x)
p.backward()
draw(p)

# %%
plt.plot([0, 1, 2], [profit(0), profit(1), profit(2)])
plt.show()

# %%
slope = ...

# %%
assert slope in (..., 4.0)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# slope = 4.0
# ```
# </details>

# %%
best = ...

# %%
assert best in (..., 3.0)

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# best = 3.0
# ```
# </details>
#
# ## Recap
