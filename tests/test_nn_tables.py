"""Tables from CSV files: what is read, and that what is wrong is named by its row and its column."""

import gzip

import pytest

from nn.data import iris, load_csv


@pytest.fixture
def table(tmp_path):
    def write(text, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_the_iris_file_read_as_a_users_own_is_the_iris_in_the_box(table):
    flowers = iris()
    lines = [",".join([*map(str, row), flowers.classes[label]]) for row, label in zip(flowers.X, flowers.y)]
    header = ",".join([*flowers.features, "species"])
    assert load_csv(table("\n".join([header, *lines]))) == flowers
    assert load_csv(str(table("\n".join([header, *lines]))), target="species") == flowers
    without = load_csv(table("\r\n".join(lines)))
    assert (without.X, without.y, without.features[0]) == (flowers.X, flowers.y, "column 1")


@pytest.mark.parametrize(
    ("text", "y", "classes"),
    [
        ("1,2\n3,4", [2, 4], ()),
        ("1,2\n3,-4.5", [2.0, -4.5], ()),
        ("1,b\n3,a\n5,b", [0, 1, 0], ("b", "a")),
    ],
)
def test_targets_are_numbers_or_names_that_become_labels(table, text, y, classes):
    data = load_csv(table(text))
    assert (data.y, data.classes) == (y, classes)
    assert [type(target) for target in data.y] == [type(target) for target in y]


def test_the_target_may_be_any_column_or_none(table):
    path = table("kind,x,y\na,1,2\nb,3,4\n")
    for target in ("kind", 0, -3):
        data = load_csv(path, target=target)
        assert (data.X, data.y, data.features) == ([[1.0, 2.0], [3.0, 4.0]], [0, 1], ("x", "y"))
    assert load_csv(table("1,2\n3,4"), target=None).X == [[1.0, 2.0], [3.0, 4.0]]
    assert load_csv(table("1\n3"), target=None).y == []


def test_headers_are_recognised_by_their_features_or_said_to_be_there(table):
    assert load_csv(table("x,kind\n1,a")).X == [[1.0]]
    assert load_csv(table("2020,2021\n1,2"), header=True).features == ("2020",)
    assert load_csv(table("1,kind\n2,a"), header=False).classes == ("kind", "a")


def test_quotes_marks_blank_lines_semicolons_and_compression_are_read(table):
    text = '\ufeffx;"the; kind"\n\n 1.5 ;"a ""b"""\n ; \n2;c\n'
    data = load_csv(table(text), delimiter=";")
    assert (data.X, data.classes, data.features) == ([[1.5], [2.0]], ('a "b"', "c"), ("x",))
    assert load_csv(table(gzip.compress(text.encode()), "t.csv.gz"), delimiter=";") == data


WRONG = [
    ("x,y,kind\n1,2,a\n3,oops,b", {}, "table.csv, row 3, column 'y': 'oops' is not a number; repair or drop"),
    ("x,kind\n\n1,a\n,b", {}, "row 4, column 'x': the cell is empty"),
    ("1,a\n1_000,b", {}, "row 2, column 'column 1': '1_000' is not a number"),
    ("x,kind\n1,a\nnan,b", {}, "row 3, column 'x': nan is not finite"),
    ("1,oops,a\n2,3,b", {}, "table.csv, row 1 has names and numbers: 1, oops, a; say header=True if"),
    ("1,oops,a\n2,3,b", {"header": False}, "row 1, column 'column 2': 'oops' is not a number"),
    ("x,kind\n1e999,a", {}, "row 2, column 'x': 1e999 is not finite"),
    ("x,kind\n1,a\n2", {}, "row 3: 1 cells where there are 2 columns"),
    ("x,kind\n1,a\n2,b,c", {}, "row 3: 3 cells where there are 2 columns"),
    ("x,y\n1,2\n3,four", {}, "row 3, column 'y': 'four' is not a number"),
    ("x,y\n1,a\n3,", {}, "row 3, column 'y': the cell is empty"),
    ("", {}, "table.csv is empty"),
    ("\n \n", {}, "table.csv is empty"),
    ("x,kind\n", {}, "has a header and no rows"),
    ("x\n1", {}, "table.csv has one column, and that is the target"),
    ("x,y\n1,2", {"target": "z"}, "no column 'z', or several; its columns are x, y"),
    ("x,x\n1,2", {"target": "x"}, "no column 'x', or several"),
    ("1,2", {"target": "x", "header": False}, "no column 'x'"),
    ("1,2", {"target": 2}, "got 2; table.csv has 2"),
    ("1,2", {"target": 0.5}, "the name or the place of a column, or None, got 0.5"),
    (b"\xff\xfe1,2", {}, "table.csv is not UTF-8 text"),
    ("1;2\n3;4", {}, "table.csv has one column, and that is the target"),
    (b'1,"' + b"x" * 200_000 + b'"', {}, "table.csv, line 1: field larger than"),
]


@pytest.mark.parametrize(("text", "options", "says"), WRONG)
def test_what_is_wrong_in_a_file_is_told_with_its_place(table, text, options, says):
    with pytest.raises(ValueError, match=says):
        load_csv(table(text), **options)


def test_a_file_that_is_not_compressed_or_not_there_is_told_by_its_name(table, tmp_path):
    with pytest.raises(ValueError, match=r"t\.csv\.gz is not compressed"):
        load_csv(table("1,2", "t.csv.gz"))
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        load_csv(tmp_path / "none.csv")
