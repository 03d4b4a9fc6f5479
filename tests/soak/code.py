"""The code location of the soak: the almanac's own definitions, with a source that does not pause between requests."""

from __future__ import annotations

import dagster as dg

from assets.listings.api import ApiSource
from assets.listings.fallback import FallbackSource
from assets.listings.oai import OaiSource
from assets.listings.source import ListingSource
from orchestration.definitions import build_definitions
from orchestration.settings import load_settings
from tests.listings.emulated import quick_pace


def source() -> ListingSource:
    """OAI-PMH, and the API where that does not answer, as the settings of a live home have it."""
    settings = load_settings()
    pace = quick_pace(settings.home)
    oai = OaiSource(settings.home_folder.harvest, settings.oai_url, pace)
    return FallbackSource(oai, ApiSource(settings.arxiv_api_url, pace))


@dg.definitions
def soaked() -> dg.Definitions:
    """The definitions for the settings of the environment."""
    made_anew = dg.ResourceDefinition(resource_fn=lambda _: source())
    return build_definitions(load_settings(), resource_overrides={"source": made_anew})
