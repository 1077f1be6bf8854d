"""The peers, and an environment of its own for each that is installed from the package index."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".venv-bench"

ONE_THREAD = {
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"),
        "1",
    ),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
    "PYTHONHASHSEED": "0",
    "PYTHONWARNINGS": "ignore",
}


FAST = ("--editable", f"{ROOT}[fast]")
NATIVE, NUMPY = (("AUTOGRAD_NATIVE", "1"),), (("AUTOGRAD_NATIVE", "0"),)


@dataclass(frozen=True)
class Peer:
    """Who computes: `module` in the folder peers, run with what `requirements` installs."""

    module: str
    name: str
    requirements: tuple[str, ...] = ()
    small: bool = True  # installed in a few seconds
    variables: tuple[tuple[str, str], ...] = ()  # of the environment it runs in
    folder: str = ""  # where it is installed, if not in one of the module's name

    @property
    def ours(self) -> bool:
        return self.module.startswith("tapegrad")

    @property
    def native(self) -> bool:
        return self.variables == NATIVE


WAYS = {
    "compiled": "",
    "whole": ", all samples recorded",
    "values": ", parameters as Values",
    "flat": ", parameters in one array",
    "fit": ", nn.fit",
}
PEERS = (
    Peer("by_hand_numpy", "NumPy by hand"),
    Peer("by_hand_c", "C by hand"),
    *(
        Peer(f"tapegrad_{way}", f"tapegrad native{says}", FAST, small=False, variables=NATIVE, folder="tapegrad_fast")
        for way, says in WAYS.items()
    ),
    *(Peer(f"tapegrad_{way}", f"tapegrad compiled{says}", variables=NUMPY) for way, says in WAYS.items()),
    Peer("tapegrad_linear", "tapegrad eager, linear"),
    Peer("tapegrad_eager", "tapegrad eager"),
    Peer("micrograd", "micrograd", ("micrograd==0.1.0",)),
    Peer("xad", "XAD", ("xad>=1.5",)),
    Peer("hips", "HIPS autograd", ("autograd>=1.7", "scipy"), small=False),
    Peer("mygrad", "mygrad", ("mygrad>=2.2",), small=False),
    Peer("casadi", "CasADi", ("casadi>=3.6", "numpy"), small=False),
    Peer("casadi_jit", "CasADi, C jit", ("casadi>=3.6", "numpy"), small=False, folder="casadi"),
    Peer("jax", "JAX", ("jax>=0.4.30",), small=False),
    # on Linux the index gives a torch with several GB of CUDA; pip's own settings can name a place without
    Peer("pytorch", "PyTorch", ("torch==2.13.0", "numpy"), small=False),
)


class NotInstalled(Exception):
    """Why a peer is left out of everything."""


def python_of(peer: Peer, install: bool) -> Path:
    """The interpreter that a peer runs in; installs the peer first if need be.

    Raises:
        NotInstalled: there is no such environment, and none could be made.
    """
    if not peer.requirements:
        return Path(sys.executable)
    folder = FOLDER / (peer.folder or peer.module)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "ready"
    wanted = "\n".join(peer.requirements)
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    if not install:
        raise NotInstalled("not installed; `make bench` installs it")
    print(f"installing {', '.join(peer.requirements)} ...", flush=True)
    try:
        venv.create(folder, with_pip=False, clear=True)
    except OSError as error:
        raise NotInstalled(f"no environment could be made: {error}") from None
    failures = []
    for command in _installers(python):
        try:
            ran = subprocess.run([*command, *peer.requirements], capture_output=True, text=True, timeout=900)
        except (OSError, subprocess.TimeoutExpired) as error:
            failures.append(str(error))
            continue
        if ran.returncode == 0:
            stamp.write_text(wanted)
            return python
        failures.append((ran.stderr.strip() or ran.stdout.strip() or "no reason given").splitlines()[-1])
    raise NotInstalled(f"its installation failed: {failures[0]}")


def _installers(python: Path) -> list[list[str]]:
    """Any pip, which installs into other environments too, or uv: this environment may have been made without."""
    options = ["install", "--quiet", "--disable-pip-version-check"]
    pips = [[name, "-m", "pip", "--python", str(python), *options] for name in (sys.executable, "python3")]
    return [*pips, ["uv", "pip", "install", "--quiet", "--python", str(python)]]
