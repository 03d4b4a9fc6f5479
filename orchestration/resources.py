"""What the assets are given: the lake, the source, the summarizer and the reader's preferences."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.errors import SettingsError
from assets.listings.api import ApiSource
from assets.listings.fallback import FallbackSource
from assets.listings.oai import OaiSource
from assets.listings.rss import RssSource
from assets.listings.sample import SampleSource
from assets.listings.snapshot import SnapshotSource
from assets.overviews.writing.writers import Writers
from assets.site.options import Options, site_url
from assets.summaries.engine.caps import of_thirty_days
from assets.summaries.engine.settings import EngineSettings, parse_prices
from assets.summaries.extract import MODEL_NAME
from assets.summaries.summarizer import EMBEDDED_LANGUAGE, EmbeddedSummarizer, Summarizer
from assets.warehouse.catalog import CatalogHeldError, View, write_catalog
from assets.warehouse.compaction import settle
from assets.warehouse.files import TEMPORARY_PREFIX, sweep, write_text
from assets.warehouse.format import settle_format
from assets.warehouse.lake import LEFTOVER_AGE, Lake
from orchestration.abandoned import watch
from orchestration.sample_home import refuse_mixture
from orchestration.tables import all_tables, day_tables, model_views

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assets.aggregates.models import Models
    from assets.listings.source import ListingSource
    from assets.materialization import Progress
    from assets.summaries.engine.caps import Cap
    from orchestration.settings import Settings, Source


SWEPT = ".swept"
SECONDS_BETWEEN_SWEEPS = 86_400.0
"""A sweep looks into every folder of the lake: 90,000 of them, after 35 years, took 1.5 CPU-seconds of each run."""


def listing_source(settings: Settings, progress: Progress | None = None) -> ListingSource:
    """The source that the settings name, with the one that stands in for it.

    `progress` hears of the reading of a large file. Raises SettingsError where a source lacks what it needs.
    """
    first = _source(settings.source, settings, progress)
    return FallbackSource(first, _source(settings.fallback, settings, progress)) if settings.fallback else first


def _source(name: Source, settings: Settings, progress: Progress | None) -> ListingSource:
    if name == "sample":
        return SampleSource()
    if name == "snapshot":
        if settings.snapshot is None:
            raise SettingsError("ALMANAC_SOURCE is snapshot, but ALMANAC_SNAPSHOT names no file: set it to one.")
        return SnapshotSource(settings.snapshot, settings.home_folder.snapshots, progress.reading if progress else None)
    if name == "oai":
        return OaiSource(settings.home_folder.harvest, settings.oai_url)
    if name == "rss":
        return RssSource(settings.rss_url, settings.home_folder.harvest)
    return ApiSource(settings.arxiv_api_url)


def summarizer(settings: Settings, caps: Sequence[Cap] = ()) -> Summarizer:
    """The summarizer that the settings name, under `caps` beside theirs. Raises SettingsError where it lacks what it
    needs."""
    # The client of `openai` takes a second to import: only what asks a model pays for it.
    if settings.summarizer == "openai-batch":
        from assets.summaries.engine.batches.summarizer import OpenAIBatchSummarizer

        return OpenAIBatchSummarizer(engine_settings(settings, caps))
    if settings.uses_model:
        from assets.summaries.engine.summarizer import OpenAISummarizer

        return OpenAISummarizer(engine_settings(settings, caps))
    if settings.languages != (EMBEDDED_LANGUAGE,):
        raise SettingsError(
            f"ALMANAC_LANGUAGES is {','.join(settings.languages)!r}: the embedded summarizer writes English only;"
            " set it to en, or set ALMANAC_MODEL and OPENAI_API_KEY or OPENAI_BASE_URL."
        )
    return EmbeddedSummarizer()


def model_name(settings: Settings) -> str:
    """What the provenance column `model` says of what these settings make."""
    return settings.model if settings.uses_model else MODEL_NAME


def writers(settings: Settings, caps: Sequence[Cap] = ()) -> Writers:
    """What writes pages beside the rules: a model under `caps` beside those of the settings, or nothing."""
    if not settings.uses_model:
        return Writers()
    from assets.overviews.writing.asking import ModelWriter

    return Writers(ModelWriter(engine_settings(settings, caps)))


def engine_settings(settings: Settings, caps: Sequence[Cap] = ()) -> EngineSettings:
    """The settings of the engine of model calls, with `caps` beside those of the settings. Raises SettingsError."""
    key = settings.openai_api_key
    lately = settings.max_cost_30_days_usd
    return EngineSettings(
        model=settings.model,
        journal=settings.home_folder.answers,
        base_url=settings.openai_base_url or None,
        api_key=key.get_secret_value() if key else None,
        fallback_model=settings.fallback_model or None,
        prices=parse_prices(settings.prices),
        max_cost_usd=settings.max_cost_usd,
        caps=(*caps, *([] if lately is None else [of_thirty_days(lately)])),
        max_concurrency=settings.max_concurrency,
        requests_per_minute=settings.requests_per_minute,
        tokens_per_minute=settings.tokens_per_minute,
    )


def site_options(settings: Settings) -> Options:
    """What the settings say of the site."""
    preferences = settings.preferences()
    return Options(preferences.categories, preferences.languages[0], site_url(settings.site_url))


def prepare_home(settings: Settings, models: Models, held: Callable[[str], object] | None = None) -> Lake:
    """The lake, ready to be written: leftovers of killed runs swept, packed months closed, the catalog up to date.

    With `held`, a catalog that a reader has open is left as it is, and `held` hears of it: what makes partitions
    needs the lake alone, and the next one brings the views up to date. Raises StorageError where the home cannot
    be written or is of a newer version's form.
    """
    settle_format(settings.home_folder)
    lake = Lake(settings.lake_root)
    swept = settings.home / SWEPT
    if not swept.is_file() or time.time() - swept.stat().st_mtime > SECONDS_BETWEEN_SWEEPS:
        lake.sweep()
        for pages in ("digests", "topics", "articles", "overviews"):
            sweep(settings.home / pages, f"**/{TEMPORARY_PREFIX}*", LEFTOVER_AGE)
        write_text(swept, "")
    for table in day_tables(models):
        settle(lake, table)
    views: list[View] = model_views(models)
    try:
        write_catalog(settings.home_folder.warehouse, lake, all_tables(models), views)
    except CatalogHeldError as error:
        if held is None:
            raise
        held(str(error))
    return lake


def resources(
    settings: Settings, models: Models, progress: Progress, shared: Summarizer | None = None
) -> dict[str, Any]:
    """The resources by the names under which assets ask for them; made when a run needs them.

    `shared` is the summarizer of all runs; without it, each run makes its own.
    """

    @dg.resource(description=f"Parquet partitions below {settings.lake_root}")
    def lake(context: dg.InitResourceContext) -> Lake:
        if context.instance is not None and context.run is not None:
            watch(settings.home_folder, context.instance, context.run)

        def held(sentence: str) -> None:
            progress.noticed(sentence)
            if context.log is not None:
                context.log.warning(sentence)

        prepared = prepare_home(settings, models, held)
        refuse_mixture(settings.home_folder, prepared, settings.source)
        return prepared

    @dg.resource(description=f"where listings come from: {settings.source}, else {settings.fallback}")
    def source() -> ListingSource:
        return listing_source(settings, progress)

    @dg.resource(description="a model behind an OpenAI-compatible address" if settings.uses_model else "embedded")
    def model_or_rules() -> Summarizer:
        return shared or summarizer(settings)

    @dg.resource(description="what writes pages beside the rules: a model, or nothing")
    def writer() -> Writers:
        return writers(settings)

    return {
        "lake": lake,
        "writer": writer,
        "source": source,
        "home": settings.home_folder,
        "preferences": settings.preferences(),
        "summarizer": model_or_rules,
        "models": models,
        "progress": progress,
        "site_options": site_options(settings),
    }
