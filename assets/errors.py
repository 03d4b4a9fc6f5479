"""The errors that people read.

Every error that a user can cause is an `AlmanacError`: one sentence that says what is wrong,
where, and what to do about it. The command line prints that sentence and exits with 1; Dagster
shows it as the failure of the step. Anything else that is raised is a fault of ours.
"""


class AlmanacError(Exception):
    """One clear sentence for the reader: what, where, and what to do."""


class InputError(AlmanacError):
    """The source's data cannot be read: a broken line, a truncated file, a malformed answer."""


class SettingsError(AlmanacError):
    """A setting does not parse or names something that does not exist."""


class SourceUnavailableError(AlmanacError):
    """A source did not answer or answered nothing on a day on which arXiv announced papers."""


class SourceRefusedError(SourceUnavailableError):
    """A source answers that it will not serve the request: a setting is wrong, and no other source would mend it."""


class DayMissingError(SourceUnavailableError):
    """A source answers, but has nothing, or nothing yet, of an announcement day; other days may be well."""


class StorageError(AlmanacError):
    """The lake or the home folder cannot be written: full, read-only or not permitted."""


class ModelError(AlmanacError):
    """A SQL model or its documentation is wrong; names the file and the line."""
