"""The verbs: derivatives of functions, of any order, by sweeps that leave no trace on the Values."""
