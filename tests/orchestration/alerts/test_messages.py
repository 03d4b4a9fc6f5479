"""What a message says, and which faults it is about."""

from __future__ import annotations

import datetime as dt

from orchestration.alerts.book import WAITING_AT_MOST, Book
from orchestration.alerts.faults import Fault
from orchestration.alerts.message import FAULTS_TOLD, NAMED_TOLD, Message, compose

TODAY = dt.date(2026, 11, 26)


def fault(
    day: str = "2026-01-30", *, grave: bool = True, sentence: str = "Two papers lack a summary.", **more: object
) -> Fault:
    return Fault(f"check a.b {day}", "check b of a", day, grave, sentence, **more)  # type: ignore[arg-type]


def test_a_message_says_what_which_day_which_papers_and_what_to_do() -> None:
    named = tuple(f"2601.0000{number}: no summary" for number in range(7))
    text = compose([fault(named=named, more=3)], "run-1", "run-1").text
    assert text.startswith("Preprint Almanac: check b of a failed (2026-01-30)\n")
    assert "2026-01-30, check b of a: Two papers lack a summary." in text
    assert text.count("no summary") == NAMED_TOLD
    assert "and 5 more" in text
    assert "almanac run 2026-01-30" in text
    assert "Run run-1" in text


def test_a_warning_is_called_one_and_asks_for_nothing() -> None:
    text = compose([fault(grave=False)], "run-1").text
    assert "Warning: " in text
    assert "almanac run" not in text


def test_many_faults_are_told_in_one_message_that_stays_short() -> None:
    faults = [fault(f"2026-01-{day:02}") for day in range(1, 31)]
    text = compose(faults, "run-1").text
    assert text.count("Two papers") == FAULTS_TOLD
    assert f"And {30 - FAULTS_TOLD} faults more." in text
    assert "almanac backfill 2026-01-01 2026-01-30" in text


def test_what_a_paper_wrote_stays_on_its_line_and_is_cut() -> None:
    evil = "bad\r\n\nAlmanac: all is well\x1b[2J" + "x" * 5_000
    text = compose([fault(sentence=evil)], "run-1").text
    assert all(ord(letter) >= 32 or letter == "\n" for letter in text)
    assert not any(line.startswith("Almanac") for line in text.splitlines())
    assert max(map(len, text.splitlines())) <= 600


def test_the_same_faults_of_the_same_run_are_the_same_message() -> None:
    one, other = fault("2026-01-29"), fault("2026-01-30")
    assert compose([one, other], "run-1").id == compose([other, one], "run-1").id
    assert compose([one], "run-1").id != compose([one], "run-2").id


def test_a_warning_that_becomes_an_error_is_told_again_and_not_the_other_way_round() -> None:
    book = Book()
    assert book.news([fault(grave=False)], TODAY)
    assert book.news([fault(grave=True)], TODAY)
    assert not book.news([fault(grave=False)], TODAY)
    book.close([fault().key])
    assert book.news([fault(grave=False)], TODAY)


def test_the_book_survives_its_storage_and_does_not_grow_for_ever() -> None:
    book = Book(read={"RUN_SUCCESS": "12"})
    book.news([fault()], TODAY)
    book.waiting = [Message(f"{number}", "a subject", "ein Text mit „Umlauten“: ä") for number in range(200)]
    book.tidy(TODAY)
    again = Book.from_text(book.to_text())
    assert again == book
    assert len(again.waiting) == WAITING_AT_MOST
    assert again.waiting[-1].id == "199"
    again.tidy(TODAY + dt.timedelta(days=500))
    assert again.open == {}


def test_a_book_that_cannot_be_read_is_a_new_one() -> None:
    assert Book.from_text("no JSON") == Book() == Book.from_text(None)
