"""Signatures, against the words of Standard Webhooks and an example of its libraries."""

from __future__ import annotations

import base64

from casework.webhooks.signature import BYTES, PREFIX, new_webhook_secret, signature
from tests.casework.webhooks.hooks import verified

# The example that the reference libraries test themselves with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_the_standard() -> None:
    assert signature([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, BODY) == SIGNED


def test_each_secret_signs() -> None:
    own = [new_webhook_secret() for _ in range(2)]
    said = signature(own, "m", 1, BODY)
    headers = {"webhook-id": "m", "webhook-timestamp": "1", "webhook-signature": said}
    assert len(said.split(" ")) == 2
    assert all(verified(secret, headers, BODY) for secret in own)
    assert not verified(new_webhook_secret(), headers, BODY)
    assert not verified(own[0], {**headers, "webhook-timestamp": "2"}, BODY)
    assert not verified(own[0], {**headers, "webhook-id": "n"}, BODY)


def test_a_secret_is_drawn_anew_each_time() -> None:
    own = {new_webhook_secret() for _ in range(100)}
    assert len(own) == 100
    assert all(len(base64.b64decode(secret.removeprefix(PREFIX))) == BYTES for secret in own)
