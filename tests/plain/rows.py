"""A graph as a list of rows, each an operation and what it reads, all of it text: "x0" a leaf, "@0" a row, "0.5"."""

from autograd.compiling.graph.graph import OPS


def rows_of(graph):
    """The rows of a graph, its roots, and the names of what differs from sample to sample."""
    leaves = [f"x{k}" for k in range(graph.leaves - graph.first_parameter)]
    names = [*map(repr, graph.constants), *leaves, *(f"@{k}" for k in range(len(graph.nodes)))]
    rows = [(OPS[code].name, *(names[x] for x in inputs)) for code, *inputs in graph.nodes]
    batched = {x for x, marked in zip(leaves[graph.parameters :], graph.batched) if marked}
    return rows, [names[x] for x in graph.roots()], batched


def is_number(x):
    return x[0] not in "x@"


def row_of(x, rows):
    """The operation and the inputs of a row; a leaf and a number are none."""
    return rows[int(x[1:])] if x[0] == "@" else ("", "")
