"""The emulated arXiv, as the tests of the sources have it."""

from tests.listings.conftest import emulator as emulator
from tests.listings.conftest import running as running
