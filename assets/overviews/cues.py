"""Phrases by which the page finds papers: a comparison in numbers, use and availability, venues and honours.

Each is a regular expression in verbose mode that Python's `re` and Polars read alike.
"""

from __future__ import annotations

COMPARISON = r"""(?ix)
    \b(?:outperform|improv|reduc|faster|slower|increas|decreas|higher|lower|better|surpass|exceed|speed-?ups?|gains?
        |boost|cheaper|savings?|fewer|less|smaller|drops?|raises?|compared|over)\w*\b
    [^;]{0,80}
    (?:\d\s?\\?% | \d\s?\$?\\?times | \d\s?[x×]\b | \d-?fold\b | \d\ (?:percentage\ )?points?\b)
  | (?:\d\s?\\?% | \d\s?\$?\\?times\$? | \d\s?[x×] | \d-?fold | \d\ (?:percentage\ )?points?)
    [^;]{0,30}
    \b(?:faster|fewer|less|higher|lower|better|smaller|cheaper|improvements?|reductions?|increases?|speed-?ups?|gains?
        |over|than|more|shorter)\b
"""
"""A result that compares and gives the comparison in numbers."""

CODE = r"""(?ix)
    \b(?:code|implementation|software|library|toolkit|package|data\ ?sets?|benchmark|models?|weights|checkpoints?)\b
    [^.;]{0,60} \b(?:is|are|been|be|made|publicly|freely)\b
    [^.;]{0,30} \b(?:available|open-?source|released|public)
  | \bopen-?sourc(?:ed|ing|es)\b
  | \bopen-source\ (?:library|toolkit|package|implementation|software|framework|tool|python)\b
  | \bgithub\b
  | (?:release|publish|share)[sd]?\b [^.;]{0,40} \b(?:code|data\ ?sets?|models?|weights|benchmark|library|toolkit)\b
  | \bpip\ install\b
"""
"""Words of a summary's `practical` field that say that something can be had."""

USE = r"""(?ix)
    \b(?:deployed|in\ production|production\ (?:system|environment|traffic|use)|real-world\ deployment|commercial(?:ly)?
        |A/B\ test(?:s|ing|ed)?|industrial|in\ industry|clinical\ (?:practice|use|workflow|deployment|setting)s?
        |practitioners?|field\ (?:trial|test)s?|(?:everyday|routine)\ practice|into\ practice|end\ users?|customers)\b
"""
"""Words of it that speak of practice outside research."""

DEPLOYED = r"""(?ix)
    \b(?:is|are|was|were|been|successfully|now|fully|already|currently)\ (?:\w+\ )?deployed\b
  | ^Deployed\ (?:in|at|on|to|across)\b
  | \b(?:in\ production|production\ (?:system|environment|traffic)s?|A/B\ test(?:s|ing|ed)?|live\ traffic)\b
  | \bfield\ trials?\b
"""
"""Words of it that say that something runs, or was tried where it will run."""

INTENDED = (
    r"(?i)\b(?:aims?|could|can be|should|would|might|may|future|potential(?:ly)?|goal|intend|plan|suitable|to be)\b"
)
"""Words that make a statement of use an intention."""

AWARD = r"""(?ix)\b(?:award|best\ (?:student\ )?paper|outstanding\ paper|honou?rable\ mention|distinguished\ paper)\b"""

HONOURED = r"""(?ix)
    \b(?:oral|spotlight|award|best\ (?:student\ )?paper|outstanding\ paper|honou?rable\ mention|distinguished\ paper)\b
"""
"""What authors' comments say of presentations and awards."""

PLACED = r"(?i)\b(?:accepted|to appear|published|in proceedings|proceedings of|camera[- ]ready|presented at)\b"
"""What they say of acceptance and publication."""

NOT_HONOURED = r"""(?ix)
    \b(?:submitted|under\ review|oral\ (?:history|cancer|cavity|health|squamous|disease|microbiome|medicine))\b
"""
"""Words that look like an honour or a venue and are none."""
