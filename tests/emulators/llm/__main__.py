"""`python -m tests.emulators.llm`: the emulator as a process. Prints its address, then serves until stopped.

`almanac emulate --llm` becomes this, with the address written as settings.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import sys

import uvicorn

from tests.emulators.llm.app import Emulator
from tests.emulators.llm.behaviour import KINDS, BatchBehaviour, Behaviour
from tests.emulators.llm.server import configure


def serve(behaviour: Behaviour, port: int = 0, settings: bool = False) -> None:
    """Serves at the port of the loopback (0 for any free one) until interrupted; first prints the address."""
    try:
        listener = socket.create_server(("127.0.0.1", port), backlog=2048)
    except OSError as error:
        sys.exit(f"almanac: port {port} of 127.0.0.1: {error.strerror}")
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    with contextlib.suppress(KeyboardInterrupt):
        if settings:
            print("# A model that answers by rules; what it served: " + address.replace("/v1", "/_served"))
            print(f"export OPENAI_BASE_URL={address}")
            print(f"export ALMANAC_MODEL={behaviour.models[0]}", flush=True)
        else:
            print(address, flush=True)
        uvicorn.Server(configure(Emulator(behaviour))).run(sockets=[listener])


def main(arguments: list[str] | None = None) -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser(
        "almanac emulate --llm", description="An OpenAI-compatible server on the loopback."
    )
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.3, help="median seconds of an answer")
    parser.add_argument("--sigma", type=float, default=0.0, help="spread of the lognormal latency")
    parser.add_argument("--fault", action="append", default=[], metavar="KIND=SHARE", help=f"kinds: {', '.join(KINDS)}")
    parser.add_argument("--requests-per-second", type=float, help="token bucket")
    parser.add_argument("--burst", type=float, default=10.0)
    parser.add_argument("--requests-per-window", metavar="COUNT/SECONDS", help="fixed windows, for example 30/60")
    parser.add_argument("--tokens-per-minute", type=float)
    parser.add_argument("--limit-headers", action="store_true")
    parser.add_argument("--retry-after", action="store_true")
    parser.add_argument("--quota", type=int, help="answers until insufficient_quota")
    parser.add_argument("--model", action="append", help="names of models; default: emulated")
    parser.add_argument("--key", help="the only API key that is accepted")
    parser.add_argument("--reject", action="append", default=[], help="schema, tools, json, temperature or max_tokens")
    parser.add_argument("--single-backslashes", action="store_true")
    parser.add_argument("--batch-seconds", type=float, default=0.0, help="from the creation of a batch to its end")
    parser.add_argument("--expired-batches", type=int, default=0, help="batches that expire, the first ones")
    parser.add_argument("--enqueued-tokens", type=int, help="tokens that all open batches together may have")
    parser.add_argument("--settings", action="store_true", help="print the address as settings for the shell")
    given = parser.parse_args(arguments)
    window = given.requests_per_window.split("/") if given.requests_per_window else None
    serve(
        Behaviour(
            seed=given.seed,
            latency=given.latency,
            sigma=given.sigma,
            faults={kind: float(share) for kind, _, share in (fault.partition("=") for fault in given.fault)},
            requests_per_second=given.requests_per_second,
            burst=given.burst,
            window=(int(window[0]), float(window[1])) if window else None,
            tokens_per_minute=given.tokens_per_minute,
            limit_headers=given.limit_headers,
            retry_after="ms" if given.retry_after else None,
            quota=given.quota,
            models=tuple(given.model or ("emulated",)),
            key=given.key,
            rejects=tuple(given.reject),
            single_backslashes=given.single_backslashes,
            batches=BatchBehaviour(
                seconds=given.batch_seconds,
                expired=given.expired_batches,
                enqueued_tokens=given.enqueued_tokens,
            ),
        ),
        given.port,
        given.settings,
    )


if __name__ == "__main__":
    main()
