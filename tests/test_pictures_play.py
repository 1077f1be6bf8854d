"""The player: its steps are those of the sweep, and a browser walks through all of them."""

import html
import json
import re
import shutil
import subprocess

import pytest
from pictured import network_values, neuron, random_graph

from autograd import Tape, Value, play
from autograd import sum as total

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def content(player):
    return json.loads(re.search(r'<script id="steps" type="application/json">(.*?)</script>', player.html, re.S)[1])


def final(player, kind="grad"):
    """The exact numbers that the last step leaves in the boxes, by box."""
    return {key: exact for step in content(player)["steps"] for key, what, _, exact in step["sets"] if what == kind}


def captions(player):
    return [line for step in content(player)["steps"] for line in step["says"]]


def leaves(root):
    found, waiting = {}, [root]
    while waiting:
        for x in waiting.pop().inputs:
            if id(x) not in found and not x.is_constant:
                found[id(x)] = x
                waiting.append(x)
    return [x for x in found.values() if x.is_leaf]


@pytest.mark.parametrize("seed", range(1, 12))
@pytest.mark.parametrize("max_nodes", [30, 1000])
def test_the_last_step_leaves_the_gradients_of_backward(seed, max_nodes):
    root = random_graph(seed, 6 * seed)
    shown = sorted(final(play(root, max_nodes=max_nodes)).values())
    drawn = [repr(leaf.grad) for leaf in leaves(root)]
    if max_nodes == 1000:
        assert set(drawn) <= set(shown)
    else:
        assert all(float(x) in {float(y.grad) for y in ancestors(root)} for x in shown)


def ancestors(root):
    found, waiting = {id(root): root}, [root]
    while waiting:
        for x in waiting.pop().inputs:
            if id(x) not in found:
                found[id(x)] = x
                waiting.append(x)
    return found.values()


def test_a_caption_shows_upstream_times_partial_and_the_running_sum():
    x = Value(3.0, label="x")
    y = x * x
    y.label = "y"
    lines = captions(play(y))
    assert "y = 3 × 3 = 9" in lines
    assert "grad(x) += 1 × 3 = 3, sum so far 3" in lines
    assert "grad(x) += 1 × 3 = 3, sum so far 6" in lines


def test_an_adjoint_of_zero_passes_nothing_on():
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    root = (a - b).relu() * b
    assert "grad(a − b) is 0, so nothing is passed on" in captions(play(root))


def test_forward_comes_first_in_order_and_then_backward_in_reverse():
    phases = [step["phase"] for step in content(play(neuron()))["steps"]]
    assert phases == ["start"] + ["forward"] * 7 + ["backward"] * 8


def test_a_graph_too_large_is_stepped_through_at_its_end_and_swept_to_its_beginning():
    root = network_values(20)
    player = play(root)
    root.backward()
    assert re.search(r"The sweep goes on over [\d,]+ earlier operations", captions(player)[-1])
    assert {float(x) for x in final(player).values()} <= {x.grad for x in ancestors(root)}
    wide = play(total([Value(float(k)) for k in range(1000)]))
    assert wide.count == 4


def test_playing_changes_no_value_gradient_or_tape():
    with Tape() as tape:
        root = random_graph(4, 30)
        before = [(node.data, node.grad, node.line, node.notes) for node in tape]
        play(root)
    assert [(node.data, node.grad, node.line, node.notes) for node in tape] == before


def test_the_page_is_whole_and_asks_the_network_for_nothing(tmp_path):
    x = Value(1.0, label='</script><b>{{steps}}<!-- "')
    player = play(x * 2.0)
    assert not re.search(r"""(?:src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)""", player.html)
    assert content(player)["boxes"]["v0"] == x.label
    assert player.save(tmp_path / "out" / "backward.html").read_text(encoding="utf-8") == player.html
    with pytest.raises(ValueError, match=r"saved as \.html"):
        player.save(tmp_path / "backward.svg")


def test_a_notebook_shows_the_page_in_a_frame_of_its_own():
    player = play(neuron())
    bundle = player._repr_mimebundle_()
    assert bundle["text/plain"] == '<Player of 16 steps; .save("backward.html") writes it>'
    source = re.search(r"srcdoc='([^']*)' sandbox=\"allow-scripts\"", bundle["text/html"])[1]
    assert html.unescape(source) == player.html


@pytest.mark.parametrize("root", [3.0, None, [Value(1.0)]])
def test_only_a_value_is_played(root):
    with pytest.raises(TypeError, match="play takes a Value"):
        play(root)


def test_a_constant_has_nothing_to_step_back_to():
    with pytest.raises(ValueError, match="depends on no Value that could have a gradient"):
        play(Value(2.0).detach())


HARNESS = """<script>
const errors = [];
window.onerror = message => errors.push(String(message));
for (const level of ["error", "warn"]) console[level] = (...words) => errors.push(words.join(" "));
</script>"""
DRIVER = """<script>
const read = () => ({
  count: document.getElementById("count").textContent,
  phase: document.getElementById("phase").textContent,
  says: document.getElementById("caption").innerText,
  on: document.querySelectorAll(".ag-on").length,
  grads: [...document.querySelectorAll(".ag-card")].map(card => card.querySelector("title").textContent),
});
const key = name => document.dispatchEvent(new KeyboardEvent("keydown", {key: name, bubbles: true}));
const seen = [read()];
while (!document.getElementById("step").disabled) { document.getElementById("step").click(); seen.push(read()); }
const end = read();
key("Home"); const home = read();
key("ArrowRight"); key("ArrowRight"); key("ArrowLeft"); const first = read();
const slider = document.getElementById("slider");
slider.value = 5; slider.dispatchEvent(new Event("input")); const fifth = read();
key("End"); const again = read();
key(" "); const playing = document.getElementById("play").textContent;
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const page = getComputedStyle(document.querySelector(".ag-page")).fill;
const result = document.createElement("pre");
result.id = "result";
result.textContent = JSON.stringify({errors, seen, end, home, first, fifth, again, playing, dark, page});
document.body.appendChild(result);
</script></body>"""


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine to drive the player with")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_steps_through_all_of_it_without_an_error(tmp_path, scheme):
    root = neuron()
    player = play(root)
    page = tmp_path / "player.html"
    page.write_text(player.html.replace("<head>", f"<head>{HARNESS}").replace("</body>", DRIVER), encoding="utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    flags += " --disable-component-update --disable-sync"
    flags += f" --blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}"
    command = [CHROMIUM, *flags.split(), f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()]
    dumped = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True).stdout
    result = json.loads(html.unescape(re.search(r'<pre id="result">(.*?)</pre>', dumped, re.S)[1]))
    assert result["errors"] == []
    assert len(result["seen"]) == player.count
    assert [state["phase"] for state in result["seen"]] == ["start"] + ["forward"] * 7 + ["backward"] * 8
    for leaf in leaves(root):
        assert any(
            text.startswith(leaf.label) and f"gradient: {leaf.grad!r}" in text for text in result["end"]["grads"]
        )
    assert not any("gradient" in text for text in result["home"]["grads"])
    assert result["first"] == result["seen"][1]
    assert result["fifth"] == result["seen"][5]
    assert result["again"] == result["end"]
    assert "pause" in result["playing"]
    assert result["dark"] == (scheme == "dark")
    assert result["page"] == ("rgb(16, 21, 31)" if scheme == "dark" else "rgb(255, 255, 255)")
