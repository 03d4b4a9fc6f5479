"""An OpenAI-compatible server on the loopback, for tests and trials without a key.

Its answers are made from the abstract in the prompt; what goes wrong, goes wrong for a given seed, paper and attempt,
so two runs see the same faults. It counts what it served, so that a test can tell whether anything was paid for twice.
Start it with `python -m tests.emulators.llm --help`, or inside a test with `server.serving(Behaviour(...))`.
"""
