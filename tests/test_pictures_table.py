"""The tape as a table, in a terminal and in a notebook."""

from xml.etree import ElementTree

from pictured import extremes, neuron

from autograd import Tape, Value, tanh
from autograd import sum as total


def table(html):
    root = ElementTree.fromstring(f"<div>{html}</div>")
    return [[cell.text or "" for cell in row] for row in root.iter("tr")]


def test_the_table_shows_lines_inputs_values_partials_and_adjoints():
    with Tape() as tape:
        loss = neuron()
    assert str(tape).splitlines()[:3] == [
        "line  operation  inputs    value  partials   adjoint",
        "   0  mul        x1, w1     -1.2  -0.6, 2    -0.2809",
        "   1  mul        x2, w2      0.6  1.2, 0.5   -0.2809",
    ]
    assert tape[-1] is loss


def test_a_notebook_shows_the_same_cells():
    with Tape(sources=True) as tape:
        neuron()
        extremes()
    names, *rows = table(tape._repr_html_())
    assert names == str(tape).split("\n")[0].split()
    for row, line in zip(rows, str(tape).splitlines()[1:], strict=True):
        assert "".join(row).replace(" ", "") == line.replace(" ", "")


def test_an_earlier_line_a_number_and_a_gradient_not_yet_known_cannot_be_confused():
    with Tape() as tape:
        x = Value(2.0) * 1
        x - 0
    assert str(tape).splitlines()[1:] == [
        "   0  mul        2, 1        2  1, ·            ·",
        "   1  sub        #0, 0       2  1, ·            ·",
    ]


def test_the_source_line_that_recorded_an_operation_is_kept_when_asked_for():
    x = Value(0.5)
    with Tape(sources=True) as tape:
        y = tanh(x)  # the first
        y.sigmoid()
    assert [line for _, line in tape.sources] == [tape.sources[0][1], tape.sources[0][1] + 1]
    assert "test_pictures_table.py" in str(tape)
    assert "y = tanh(x) # the first" in str(tape)
    assert "y.sigmoid()" in tape._repr_html_()
    with Tape() as plain:
        tanh(x)
    assert plain.sources is None
    assert "source" not in str(plain)


def test_a_long_tape_shows_its_beginning_and_its_end():
    x = Value(0.5)
    with Tape() as tape:
        for _ in range(5000):
            x = x.sin()
    lines = str(tape).splitlines()
    assert len(lines) == 102
    assert lines[51].split() == ["…", "4,900", "more"]
    assert lines[-1].split()[0] == "4999"
    assert len(table(tape._repr_html_())) == 102


def test_many_inputs_are_cut_short_and_an_empty_tape_is_a_header():
    with Tape() as tape:
        total([Value(1.0, label=f"x{k}") for k in range(100)])
    assert "x4, … 95 more" in str(tape)
    assert str(Tape()) == "line  operation  inputs  value  partials  adjoint"
    assert table(Tape()._repr_html_()) == [str(Tape()).split()]
