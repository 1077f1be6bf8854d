"""The demonstration: it learns, says what it does at each stage, and ends well in every surrounding."""

import re
import subprocess
import sys

import pytest

import nn
from nn import demo


def accuracy(shown):
    return float(re.search(r"accuracy ([\d.]+)%", shown)[1])


def test_the_demonstration_shows_the_six_stages_and_names_95_of_100_held_out_flowers(capsys):
    assert demo.main([]) == 0
    shown = capsys.readouterr().out
    places = [shown.index(stage) for stage in ("INIT", "PREDICT", "LOSS", "GRADIENT", "STEP", "STOP", "RESULT", "NEXT")]
    assert places == sorted(places)
    losses = [float(text) for text in re.findall(r"loss (0\.\d+)  #", shown)]
    assert losses[-1] < 0.1 < losses[0]
    assert "Loss acceptable" in shown
    assert accuracy(shown) >= 95.0
    assert "\r" not in shown


def test_it_reads_96_of_100_held_out_digits_by_a_few_blocks(capsys):
    demo.read_digits(0)
    shown = capsys.readouterr().out
    assert accuracy(shown) >= 96.0
    operations, blocks = re.search(r"(\d+) operations on single numbers.*in (\d+) blocks", shown, re.S).groups()
    assert int(operations) > 100
    assert int(blocks) <= 9


def test_it_writes_the_pictures_it_names(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    demo.main([])
    shown = capsys.readouterr().out
    named = re.findall(r"out/\S+", shown)
    assert named == ["out/network.svg", "out/neuron.svg", "out/backward.html"]
    assert all((tmp_path / name).stat().st_size > 1000 for name in named)


def test_pictures_that_cannot_be_written_do_not_end_it(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").write_text("not a folder")
    assert demo.main([]) == 0
    assert "could not be written" in capsys.readouterr().out


def test_its_lines_fit_a_terminal_and_need_no_unicode(capsys):
    demo.main([])
    shown = capsys.readouterr().out
    assert shown.isascii()
    assert max(map(len, shown.splitlines())) <= 110


@pytest.mark.slow
def test_most_seeds_reach_the_accuracy_too(capsys):
    reached = 0
    for seed in range(20):
        demo.main(["--seed", str(seed)])
        reached += accuracy(capsys.readouterr().out) >= 95.0
    assert reached >= 14


def test_ctrl_c_during_training_ends_with_the_result_so_far(capsys, monkeypatch):
    steps = []
    step = nn.SGD.step

    def interrupted(optimizer):
        steps.append(optimizer)
        if len(steps) == 30:
            raise KeyboardInterrupt
        step(optimizer)

    monkeypatch.setattr(nn.SGD, "step", interrupted)
    assert demo.main([]) == 0
    shown = capsys.readouterr().out
    assert "Interrupted by Ctrl-C in epoch" in shown
    assert "RESULT" in shown


def test_a_reader_that_leaves_early_is_no_error():
    command = f"{sys.executable} -m nn.demo | head -1"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert ended.stderr == ""
