"""The pages of `test_month_writing` in a process of their own, to be killed: address of the endpoint, folder."""

import sys
from pathlib import Path

from tests.overviews.test_month_writing import FEW, written

if __name__ == "__main__":
    written(FEW, sys.argv[1], Path(sys.argv[2]))
