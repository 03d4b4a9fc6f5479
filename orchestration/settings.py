"""The settings: environment variables or a `.env` file, parsed once and explained when wrong.

Each field's description is its documentation; the table in the README says the same. Nothing is
read from the environment at import.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assets.categories import followed
from assets.errors import AlmanacError, SettingsError
from assets.listings.api import API_URL
from assets.listings.oai import OAI_URL
from assets.listings.rss import RSS_URL
from assets.overviews.topics import load_topics
from assets.preferences import DEFAULT_COMPLETENESS, Preferences, reader_of
from assets.warehouse.home import Home
from assets.warehouse.object_store import SCHEME, ObjectStore

PREFIX = "ALMANAC_"

Source = Literal["sample", "api", "oai", "rss", "snapshot"]

FALLBACKS: dict[Source, Source] = {"oai": "api", "api": "oai", "rss": "oai"}
"""What `auto` stands for: where one of arXiv's services is out, another one; a file has no outage."""


class Settings(BaseSettings):
    """Everything that can be set, under the names of the README's table."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(
        Path("almanac-data"), validation_alias="ALMANAC_HOME", description="folder of all that is written"
    )
    lake_url: str | None = Field(
        None,
        validation_alias="ALMANAC_LAKE_URL",
        description="where the Parquet goes: a folder, or s3://bucket/prefix; default: lake/ under the home",
    )
    access_key_id: SecretStr | None = Field(
        None, validation_alias="AWS_ACCESS_KEY_ID", description="key of the object store"
    )
    secret_access_key: SecretStr | None = Field(
        None, validation_alias="AWS_SECRET_ACCESS_KEY", description="secret that belongs to the key"
    )
    session_token: SecretStr | None = Field(
        None, validation_alias="AWS_SESSION_TOKEN", description="token of a key that expires"
    )
    endpoint_url: str | None = Field(
        None, validation_alias="AWS_ENDPOINT_URL", description="address of the object store; default: AWS"
    )
    s3_endpoint_url: str | None = Field(
        None, validation_alias="AWS_ENDPOINT_URL_S3", description="the same, for S3 alone; goes before the other"
    )
    region: str | None = Field(None, validation_alias="AWS_REGION", description="region of the bucket")
    dagster_postgres_url: SecretStr | None = Field(
        None,
        validation_alias="ALMANAC_DAGSTER_POSTGRES_URL",
        description="PostgreSQL database for Dagster's storage; default: files under the home",
    )
    source: Source = Field("sample", validation_alias="ALMANAC_SOURCE", description="sample, api, oai, rss or snapshot")
    fallback_source: Literal["auto", "none", "api", "oai", "rss"] = Field(
        "auto",
        validation_alias="ALMANAC_FALLBACK_SOURCE",
        description="source for days on which the first does not answer: auto, none, api, oai or rss",
    )
    look_again_days: int = Field(
        10,
        validation_alias="ALMANAC_LOOK_AGAIN_DAYS",
        ge=1,
        le=250,
        description="latest announcement days that are asked for again, for late and held papers",
    )
    snapshot: Path | None = Field(
        None, validation_alias="ALMANAC_SNAPSHOT", description="JSON Lines file in the layout of arXiv's snapshot"
    )
    arxiv_api_url: str = Field(
        API_URL, validation_alias="ALMANAC_ARXIV_API_URL", description="address of arXiv's API or a mirror"
    )
    oai_url: str = Field(
        OAI_URL, validation_alias="ALMANAC_OAI_URL", description="address of arXiv's OAI-PMH or a mirror"
    )
    rss_url: str = Field(
        RSS_URL, validation_alias="ALMANAC_RSS_URL", description="address of arXiv's feeds or a mirror"
    )
    categories: str = Field(
        "cs.LG,stat.ML", validation_alias="ALMANAC_CATEGORIES", description="categories followed; `all` for everything"
    )
    languages: Annotated[tuple[str, ...], NoDecode] = Field(
        ("en",), validation_alias="ALMANAC_LANGUAGES", description="languages of the summaries"
    )
    include: str = Field(
        "", validation_alias="ALMANAC_INCLUDE", description="terms whose papers come first in a digest, by commas"
    )
    exclude: str = Field(
        "", validation_alias="ALMANAC_EXCLUDE", description="terms whose papers are left out of a digest, by commas"
    )
    authors: str = Field(
        "", validation_alias="ALMANAC_AUTHORS", description="authors whose papers come first, by semicolons"
    )
    completeness: float = Field(
        DEFAULT_COMPLETENESS,
        validation_alias="ALMANAC_COMPLETENESS",
        ge=0,
        le=1,
        description="share of a day's summaries that must be complete",
    )
    topics: Path | None = Field(
        None, validation_alias="ALMANAC_TOPICS", description="YAML file of the topics of the monthly pages"
    )
    summarizer: Literal["auto", "embedded", "openai", "openai-batch"] = Field(
        "auto", validation_alias="ALMANAC_SUMMARIZER", description="auto, embedded, openai or openai-batch"
    )
    openai_api_key: SecretStr | None = Field(None, validation_alias="OPENAI_API_KEY", description="key of the endpoint")
    openai_base_url: str | None = Field(None, validation_alias="OPENAI_BASE_URL", description="address of the endpoint")
    model: str = Field("", validation_alias="ALMANAC_MODEL", description="name of the model")
    fallback_model: str | None = Field(
        None, validation_alias="ALMANAC_FALLBACK_MODEL", description="model for papers that the first cannot do"
    )
    prices: str | None = Field(
        None, validation_alias="ALMANAC_PRICES", description="dollars per million input/output tokens, by model"
    )
    max_cost_usd: float | None = Field(
        None, validation_alias="ALMANAC_MAX_COST_USD", description="the most that a day's summaries may cost"
    )
    max_cost_30_days_usd: float | None = Field(
        None,
        validation_alias="ALMANAC_MAX_COST_30_DAYS_USD",
        ge=0,
        description="the most that all that a model is asked for may cost in any 30 days",
    )
    max_concurrency: int = Field(
        64, validation_alias="ALMANAC_MAX_CONCURRENCY", gt=0, description="requests in flight at most"
    )
    requests_per_minute: float | None = Field(
        None, validation_alias="ALMANAC_REQUESTS_PER_MINUTE", gt=0, description="limit; learned where it is not set"
    )
    tokens_per_minute: float | None = Field(
        None, validation_alias="ALMANAC_TOKENS_PER_MINUTE", gt=0, description="limit; learned where it is not set"
    )

    alert_webhook: SecretStr | None = Field(
        None, validation_alias="ALMANAC_ALERT_WEBHOOK", description="address that takes messages in Slack's form"
    )
    alert_mail: str = Field(
        "", validation_alias="ALMANAC_ALERT_MAIL", description="mail addresses that get the same messages, by commas"
    )
    alert_on: Literal["errors", "warnings"] = Field(
        "warnings", validation_alias="ALMANAC_ALERT_ON", description="what is told: errors, or warnings too"
    )
    smtp_url: SecretStr | None = Field(
        None, validation_alias="ALMANAC_SMTP_URL", description="mail server: smtp:// or smtps://user:password@host:port"
    )
    mail_from: str = Field("", validation_alias="ALMANAC_MAIL_FROM", description="sender of the mails")
    log_file: Path | None = Field(
        None,
        validation_alias="ALMANAC_LOG_FILE",
        description="file to which runs append what they log, a line of JSON each; default: none",
    )
    site: bool = Field(
        True,
        validation_alias="ALMANAC_SITE",
        description="whether the commands that make days bring the site up to date",
    )
    site_url: str | None = Field(
        None,
        validation_alias="ALMANAC_SITE_URL",
        description="address of the published site, for absolute links in its feeds and in mails",
    )

    @field_validator("languages", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part for part in value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("site_url", mode="after")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/?#<>\"'&]+[^\s?#<>\"'&]*", value.strip()):
            raise ValueError(
                "it must be an http or https address without a question mark, like https://example.org/almanac"
            )
        return value

    @property
    def fallback(self) -> Source | None:
        """The source that stands in for the first one. Raises SettingsError where that is the first one itself."""
        if self.fallback_source == "none":
            return None
        if self.fallback_source == "auto":
            return FALLBACKS.get(self.source)
        if self.fallback_source == self.source:
            raise SettingsError(
                f"ALMANAC_FALLBACK_SOURCE is {self.source!r}, which is ALMANAC_SOURCE itself: name another source, or"
                " none."
            )
        return self.fallback_source

    @property
    def uses_model(self) -> bool:
        """Whether a model summarizes: asked for, or `auto` with a key or an address."""
        given = self.openai_api_key is not None or bool(self.openai_base_url)
        return self.summarizer in ("openai", "openai-batch") or (self.summarizer == "auto" and given)

    @field_validator("snapshot", "home", "topics", "log_file", mode="after")
    @classmethod
    def _expand(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value is not None else None

    @property
    def home_folder(self) -> Home:
        """The paths below the home."""
        return Home(self.home)

    @property
    def lake_root(self) -> Path | ObjectStore:
        """Where the lake stands, as `Lake` takes it. Raises SettingsError where the setting is no such place."""
        url = self.lake_url
        if not url:
            return _without_wildcard(self.home / "lake", "ALMANAC_HOME")
        if url.startswith(f"{SCHEME}://"):
            return self.object_store(url, "ALMANAC_LAKE_URL")
        if "://" in url.removeprefix("file://"):
            raise SettingsError(f"ALMANAC_LAKE_URL is {url!r}: give a folder, or s3://bucket/prefix.")
        return _without_wildcard(Path(url.removeprefix("file://")).expanduser().absolute(), "ALMANAC_LAKE_URL")

    def object_store(self, url: str, named_by: str) -> ObjectStore:
        """The store of an s3:// address, with the keys of AWS_*; `named_by` is who gave the address.

        Raises SettingsError where it is none, and where the AWS_* do not go together.
        """
        bucket, _, prefix = url.removeprefix(f"{SCHEME}://").partition("/")
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket) or not re.fullmatch(r"[\w.=/-]*", prefix):
            # The address is not repeated: some write their secret into it.
            raise SettingsError(
                f"{named_by} names no bucket and prefix: write s3://bucket/prefix in letters, digits, - and .,"
                " and the keys into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            )
        if (self.access_key_id is None) != (self.secret_access_key is None):
            raise SettingsError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together: set both, or neither.")
        endpoint = self.s3_endpoint_url or self.endpoint_url
        if endpoint and not re.fullmatch(r"https?://[^/@\s]+/?", endpoint):
            name = "AWS_ENDPOINT_URL_S3" if self.s3_endpoint_url else "AWS_ENDPOINT_URL"
            raise SettingsError(f"{name} must be the address of a store: write http://host:port or https://host.")
        key, secret, token = (
            given.get_secret_value() if given else None
            for given in (self.access_key_id, self.secret_access_key, self.session_token)
        )
        return ObjectStore(bucket, prefix.strip("/"), endpoint, self.region, key, secret, token)

    def preferences(self) -> Preferences:
        """The reader's choices. Raises SettingsError for an unknown category, and for a term or name that is none."""
        reader = reader_of(self.include, self.exclude, self.authors)
        return Preferences(
            followed(self.categories),
            self.languages,
            self.completeness,
            self.max_cost_usd,
            reader,
            self.topics,
        )


def _without_wildcard(lake: Path, named_by: str) -> Path:
    """The folder of a lake as it is given. Raises SettingsError where DuckDB would take its path for a pattern."""
    if wild := next((letter for letter in str(lake) if letter in "[*?"), None):
        raise SettingsError(
            f"{named_by} puts the lake into {lake}, and {wild} stands for other letters in the path of a query: use a"
            " folder without it."
        )
    return lake


def load_settings(**overrides: Any) -> Settings:
    """The settings from the environment and `.env`; overrides go by field name.

    Raises SettingsError: one sentence that names the variable, its value and what it may be.
    """
    try:
        given = {Settings.model_fields[name].validation_alias: value for name, value in overrides.items()}
        settings = Settings(**{str(alias): value for alias, value in given.items()})
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None
    load_topics(settings.preferences().topics)
    if settings.alert_mail and (settings.smtp_url is None or not settings.mail_from):
        raise SettingsError(
            "ALMANAC_ALERT_MAIL is set, but not how to send mail: set ALMANAC_SMTP_URL and ALMANAC_MAIL_FROM, too."
        )
    _require_mail_settings(settings)
    settings.fallback  # noqa: B018 - the same
    settings.lake_root  # noqa: B018 - parsed here so that a wrong value is told at once
    return settings


def _require_mail_settings(settings: Settings) -> None:
    """Raises SettingsError where a server or an address that mails need is none: alerts would fail at each tick."""
    if settings.smtp_url is None and not settings.mail_from:
        return
    from assets.mail.message import mail_address, recipients
    from assets.mail.smtp import mail_server

    try:
        if settings.smtp_url is not None:
            mail_server(settings.smtp_url.get_secret_value())
        if settings.mail_from:
            mail_address(settings.mail_from, "ALMANAC_MAIL_FROM")
        if settings.alert_mail:
            recipients([settings.alert_mail], "ALMANAC_ALERT_MAIL")
    except AlmanacError as error:
        raise SettingsError(str(error)) from None


SECRETS = frozenset(
    str(field.validation_alias)
    for field in Settings.model_fields.values()
    if SecretStr in (field.annotation, *get_args(field.annotation))
)
"""Variables whose values no text shows."""


def unknown_variables(environment: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """Variables that start with ALMANAC_ but set nothing, with the closest known name."""
    names = environment if environment is not None else os.environ
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    unknown = [name for name in names if name.startswith(PREFIX) and name not in known]
    return {name: next(iter(difflib.get_close_matches(name, known, 1)), None) for name in sorted(unknown)}


def _explain(error: ValidationError) -> str:
    sentences = []
    for problem in error.errors(include_url=False):
        name = str(problem["loc"][0])
        shown = name if name in SECRETS else f"{name} is {problem['input']!r}"
        if problem["type"] == "value_error":
            sentences.append(f"{shown}: {problem['ctx']['error']}.")
        else:
            sentences.append(f"{shown}, but must be {problem['msg'].removeprefix('Input should be ')}.")
    return " ".join(sentences)
