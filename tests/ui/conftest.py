"""The browser of the site's tests, for those of Dagster's UI."""

from tests.site.test_browser import browser

__all__ = ["browser"]
