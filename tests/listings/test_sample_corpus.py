"""The embedded sample holds what the rest of the project relies on, checked on the committed file itself."""

import json
import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

Record = dict[str, Any]

SAMPLE = Path(__file__).parents[2] / "assets" / "listings" / "sample" / "papers.jsonl"
RECORDS: list[Record] = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]

LAYOUT = [
    *["id", "submitter", "authors", "title", "comments", "journal-ref", "doi", "report-no", "categories", "license"],
    *["abstract", "versions", "update_date", "authors_parsed"],
]

# Submission windows as UTC instants. The ids tell which held papers belong to a day.
DAYS = {
    # day: (window opens, window closes, first id, last id, records)
    "2025-08-28": ("2025-08-26T18:00", "2025-08-27T18:00", "2508.90001", "2508.90028", 28),
    "2025-08-29": ("2025-08-27T18:00", "2025-08-28T18:00", "2508.90029", "2508.90062", 34),
    "2025-09-01": ("2025-08-28T18:00", "2025-08-29T18:00", "2508.90063", "2508.90084", 22),
    "2025-09-03": ("2025-08-29T18:00", "2025-09-02T18:00", "2509.90001", "2509.90040", 41),
    "2025-09-04": ("2025-09-02T18:00", "2025-09-03T18:00", "2509.90041", "2509.90068", 29),
}


def submitted(record: Record) -> datetime:
    created = record["versions"][0]["created"]
    return datetime.strptime(created, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)


def window(day: str) -> tuple[datetime, datetime]:
    opens, closes = DAYS[day][:2]
    return datetime.fromisoformat(opens).replace(tzinfo=UTC), datetime.fromisoformat(closes).replace(tzinfo=UTC)


def records_of(day: str) -> list[Record]:
    """The day's records: by id, and, for the impossible id, by submission time."""
    opens, closes = window(day)
    first, last = DAYS[day][2:4]
    return [r for r in RECORDS if first <= r["id"] <= last or (r["id"] == "abc" and opens <= submitted(r) < closes)]


def having(pattern: str, *fields: str) -> list[Record]:
    return [r for r in RECORDS if any(re.search(pattern, r[f] or "", re.DOTALL) for f in fields)]


def sentences(record: Record) -> list[str]:
    return re.split(r"(?<=[.?!])\s+(?=[A-Z])", " ".join(record["abstract"].split()))


def test_every_record_has_the_snapshot_layout() -> None:
    assert all(list(r)[: len(LAYOUT)] == LAYOUT for r in RECORDS)


def test_only_held_papers_without_earlier_neighbours_give_their_announcement_day() -> None:
    # Nothing in the corpus precedes the first mailing, so its held papers cannot be told by order of ids.
    given = {r["id"]: r["announced"] for r in RECORDS if list(r) != LAYOUT}
    assert given == dict.fromkeys(("2508.90001", "2508.90002", "2508.90003"), "2025-08-28")


def test_texts_have_the_snapshot_layout() -> None:
    assert all(r["abstract"].startswith("  ") and r["abstract"].endswith("\n") for r in RECORDS if r["abstract"])
    assert all(len(parsed) >= 3 for r in RECORDS for parsed in r["authors_parsed"])
    assert all(version["version"] == f"v{n}" for r in RECORDS for n, version in enumerate(r["versions"], 1))


@pytest.mark.parametrize("day", DAYS)
def test_a_day_holds_its_number_of_records_with_the_held_papers_first(day: str) -> None:
    opens, closes = window(day)
    records = records_of(day)
    held = [r for r in records if submitted(r) < opens]
    assert len(records) == DAYS[day][4]
    assert 2 <= len(held) <= 4
    assert records[: len(held)] == held
    fresh = records[len(held) :]
    assert all(opens <= submitted(r) < closes for r in fresh)
    assert all(a["id"] == b["id"] or submitted(a) < submitted(b) for a, b in pairwise(fresh))


def test_every_record_belongs_to_one_day_and_a_held_paper_is_months_old() -> None:
    assert sum(len(records_of(day)) for day in DAYS) == len(RECORDS) == 154
    ids = [r["id"] for r in RECORDS if r["id"] != "abc"]
    assert ids == sorted(ids)
    assert all(re.fullmatch(r"250[89]\.900\d\d", i) and not i.endswith(".90000") for i in ids)
    assert any((window("2025-09-03")[0] - submitted(r)).days > 90 for r in records_of("2025-09-03"))


def test_most_papers_are_of_the_followed_categories_and_some_are_of_neither() -> None:
    followed = {"cs.LG", "stat.ML"}
    given = [r["categories"].split() for r in RECORDS if r["categories"]]
    primary = Counter(categories[0] for categories in given)
    assert 95 <= primary["cs.LG"] + primary["stat.ML"] <= 110
    assert primary["cs.LG"] / primary["stat.ML"] == pytest.approx(4, abs=1)
    assert 30 <= sum(c[0] not in followed and bool(followed & set(c)) for c in given) <= 45
    assert 8 <= sum(not followed & set(c) for c in given) <= 10


@pytest.mark.parametrize("pair", ["math.ST stat.TH", "cs.IT math.IT", "cs.NA math.NA", "eess.SY cs.SY"])
def test_alias_pairs_stand_together_as_on_real_records(pair: str) -> None:
    assert any(set(pair.split()) <= set(r["categories"].split()) for r in RECORDS)


@pytest.mark.parametrize(
    ("kind", "pattern", "fields"),
    [
        ("TeX mathematics in a title", r"\$\\ell_1\$", ["title"]),
        ("TeX font in a title", r"\\textsc\{", ["title"]),
        ("TeX letter in a title", r"\{\\L\}ojasiewicz", ["title"]),
        ("TeX accents in authors", r"\\'e|\\\"o", ["authors"]),
        ("TeX caron", r"\\v\{c\}", ["authors"]),
        ("TeX slashed o", r"\{\\o\}", ["authors"]),
        ("TeX tilde", r"\\~n", ["authors"]),
        ("TeX dotless i", r"\{\\'\\i\}", ["authors"]),
        ("Unicode accents in authors", r"[š-ž]", ["authors"]),
        ("decomposed Unicode", "e\u0301", ["abstract"]),
        ("mathematics between dollars", r"\$[^$]+\\[^$]+\$", ["abstract"]),
        ("mathematics between brackets", r"\\\(.+?\\\)", ["abstract"]),
        ("display mathematics", r"\\\[.+?\\\]|\$\$.+?\$\$", ["abstract"]),
        ("emphasis", r"\\emph\{", ["abstract"]),
        ("bold", r"\\textbf\{", ["abstract"]),
        ("escaped per cent", r"\d\\%", ["abstract"]),
        ("bare per cent", r"\d%", ["abstract"]),
        ("escaped money", r"\\\$4M", ["abstract"]),
        ("bare money", r"\$5 to\s+\$10", ["abstract"]),
        ("non-breaking space", "\u00a0", ["abstract"]),
        ("doubled space", r"\S  \S", ["abstract"]),
        ("markup in a title", r"&.*<b>", ["title"]),
        ("a script in an abstract", r"<img\s+src=x\s+onerror=alert\(1\)>", ["abstract"]),
        ("an instruction to the reader's model", r"Ignore\s+previous\s+instructions", ["abstract"]),
        ("a code link in a comment", r"https://example\.org", ["comments"]),
        ("a link in an abstract", r"https://example\.(org|com)", ["abstract"]),
        ("ACM codes among the categories", r"[A-K]\.\d\.\d", ["categories"]),
        ("MSC codes among the categories", r"\b\d\d[A-Z]\d\d\b", ["categories"]),
        ("a suffix of a name", r", Jr\.", ["authors"]),
    ],
)
def test_the_odd_kind_occurs(kind: str, pattern: str, fields: list[str]) -> None:
    assert having(pattern, *fields), f"no record with {kind}"


def test_authors_range_from_one_to_a_collaboration() -> None:
    sizes = [len(r["authors_parsed"]) for r in RECORDS]
    assert 1 in sizes
    (collaboration,) = having(r"\(for\s+the\s+TARNLIGHT\s+Collaboration\)", "authors")
    assert len(collaboration["authors_parsed"]) == max(sizes) > 60


def test_one_paper_is_withdrawn_and_several_have_later_versions() -> None:
    (withdrawn,) = having("withdrawn", "comments")
    assert [v["version"] for v in withdrawn["versions"]] == ["v1", "v2"]
    assert sum(len(r["versions"]) > 1 for r in RECORDS) >= 6
    assert any(len(r["versions"]) >= 5 for r in RECORDS)


def test_each_broken_record_is_broken_in_one_way_and_they_are_spread_over_the_days() -> None:
    faults: dict[str, list[Record]] = {
        "title": [r for r in RECORDS if not r["title"]],
        "abstract": [r for r in RECORDS if not r["abstract"]],
        "categories": [r for r in RECORDS if not r["categories"]],
        "authors": [r for r in RECORDS if not r["authors"]],
        "unknown categories": [r for r in RECORDS if r["categories"] == "xx.YY 68T05"],
        "id": [r for r in RECORDS if r["id"] == "abc"],
        "duplicate": [b for a, b in pairwise(RECORDS) if a["id"] == b["id"]],
    }
    assert {fault: len(records) for fault, records in faults.items()} == dict.fromkeys(faults, 1)
    broken = [r for (r,) in faults.values()]
    assert all(any(r in records_of(day) for r in broken) for day in DAYS)
    assert all(any(opens <= submitted(r) < closes for opens, closes in map(window, DAYS)) for r in broken)


def test_abstracts_are_of_varied_length_and_share_no_sentence() -> None:
    unique = list({r["id"]: r for r in RECORDS if r["abstract"]}.values())
    counts = Counter(sentence for r in unique for sentence in sentences(r))
    assert [s for s, n in counts.items() if n > 1] == []
    words = [len(r["abstract"].split()) for r in unique]
    assert sum(80 <= n <= 250 for n in words) > 0.9 * len(words)
    assert {1, 2} <= {len(sentences(r)) for r in unique}


def test_the_one_control_character_is_the_deliberate_one() -> None:
    text = "".join(value for r in RECORDS for value in r.values() if isinstance(value, str))
    odd = Counter(ch for ch in text if unicodedata.category(ch) in {"Cc", "Cf", "Co", "Cn", "Cs"} and ch != "\n")
    assert odd == {"\u0007": 1}
    assert "\ufffd" not in text


def test_links_lead_to_example_hosts_only() -> None:
    texts = [r[field] or "" for r in RECORDS for field in ("abstract", "comments")]
    hosts = {host for text in texts for host in re.findall(r"https?://([^/\s]+)", text)}
    assert hosts == {"example.org", "example.com"}


def test_test_time_compute_rises_and_federated_learning_falls() -> None:
    def share(phrase: str, days: list[str]) -> float:
        records = [r for day in days for r in records_of(day)]
        return sum(phrase in " ".join(r["abstract"].lower().split()) for r in records) / len(records)

    first, last = ["2025-08-28", "2025-08-29"], ["2025-09-03", "2025-09-04"]
    assert share("reasoning", last) > 3 * share("reasoning", first) > 0
    assert share("test-time compute", last) > 3 * share("test-time compute", first) > 0
    assert share("federated", first) > 3 * share("federated", last) > 0
