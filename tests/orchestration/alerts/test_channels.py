"""What a channel makes of a message whose words come from papers and models."""

from __future__ import annotations

import html

from orchestration.alerts.channels import Webhook
from orchestration.alerts.message import Message
from tests.orchestration.alerts.hooks import hooked


def test_a_title_mentions_nobody_and_is_no_link_in_a_chat() -> None:
    text = "2601.00001: <!channel> see <http://evil.example|the paper> for a < b & c > d &lt;!here&gt; `almanac run`\n"
    with hooked() as hook:
        Webhook(hook.address).send(Message("one", "a subject", text))
    (sent,) = hook.texts
    assert not set("<>") & set(sent)
    assert html.unescape(sent) == text
    assert "`almanac run`" in sent
