"""What a channel makes of a message whose words come from papers and models."""

from __future__ import annotations

import html
from email.headerregistry import Address
from pathlib import Path

from assets.mail.smtp import mail_server
from orchestration.alerts.channels import Deliveries, LogFile, Mail, Webhook, deliver
from orchestration.alerts.message import Message
from tests.emulators import smtp
from tests.orchestration.alerts.hooks import hooked


def test_a_title_mentions_nobody_and_is_no_link_in_a_chat() -> None:
    text = "2601.00001: <!channel> see <http://evil.example|the paper> for a < b & c > d &lt;!here&gt; `almanac run`\n"
    with hooked() as hook:
        Webhook(hook.address).send(Message("one", "a subject", text))
    (sent,) = hook.texts
    assert not set("<>") & set(sent)
    assert html.unescape(sent) == text
    assert "`almanac run`" in sent


def test_half_a_letter_is_spelled_out_and_keeps_no_message_back(tmp_path: Path) -> None:
    messages = [Message("one", "half of \ud835", "half of \ud835\n"), Message("two", "next", "next\n")]
    deliveries, log = Deliveries(tmp_path / "delivered.jsonl"), LogFile(tmp_path / "alerts.log")
    with smtp.mail_server() as box, hooked() as hook:
        ada = Address("Ada", "ada", "example.org")
        mail = Mail(mail_server(f"smtp://127.0.0.1:{box.port}"), ada, ada)
        channels = [log, mail, Webhook(hook.address)]
        assert deliver(messages, channels, deliveries) == {}
    logged = (tmp_path / "alerts.log").read_text()
    assert "half of \\ud835\n" in logged
    assert "next\n" in logged
    assert [str(message["Subject"]) for _, message in box.delivered] == ["half of \\ud835", "next"]
    assert len(hook.texts) == 2
    assert deliveries.made() == {(message.id, channel.name) for message in messages for channel in channels}


def test_a_message_that_arrived_is_not_sent_again_while_its_record_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "records"
    blocked.touch()  # a file where a folder is needed, as a disk without room
    message = Message(id="full", subject="The disk is full", text="Free some space.")
    with hooked() as hook:
        webhook = Webhook(hook.address)
        for _ in range(3):  # each tick looks with eyes of its own
            assert deliver([message], [webhook], Deliveries(blocked / "deliveries.jsonl")) == {}
        assert len(hook.texts) == 1
        blocked.unlink()
        assert deliver([message], [webhook], Deliveries(blocked / "deliveries.jsonl")) == {}
        assert len(hook.texts) == 1
    (line,) = (blocked / "deliveries.jsonl").read_text(encoding="utf-8").splitlines()
    assert '"full"' in line
