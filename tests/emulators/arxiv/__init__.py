"""A loopback stand-in for arXiv: the search API, OAI-PMH and the feeds, from a snapshot file, with faults on request.

`python -m tests.emulators.arxiv --help` starts it from a shell; tests use `server.Emulator`.
"""
