"""When and where the almanac runs: settings, Dagster definitions, jobs, schedules, the command line.

What is made, and how, is in `assets`; nothing there imports this package.
"""

import warnings

# Partitioned checks, backfill policies and mappings to days that do not exist yet are marked as
# previews of Dagster. They are chosen on purpose and pinned by the lock file. The filter goes by
# message, because naming Dagster's classes would import all of it for `almanac --help`.
warnings.filterwarnings("ignore", message=r"(?s).*is currently in (preview|beta), and may have breaking changes")
