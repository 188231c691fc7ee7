"""Secrets drawn at random, what is stored of them, and the sealing of those that have to be read again."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_SEAL = {"alg": "dir", "enc": "A256GCM"}
BYTES = 32
LENGTH = 43
"""Letters of a secret: 32 bytes in base64url."""


class BadSeal(Exception):
    """What was sealed cannot be opened: with another key it was, or it is damaged."""


def new_secret() -> str:
    """A secret of 256 random bits in 43 letters of base64url."""
    return secrets.token_urlsafe(BYTES)


def digest_of(secret: str) -> str:
    """What is stored of a random secret. Nobody can guess 256 bits, so this need not be slow or salted."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret(secret: str, digest: str) -> bool:
    """Whether a digest is that of a secret, in a time that does not depend on where they differ."""
    return hmac.compare_digest(digest_of(secret).encode(), digest.encode())


def seal(secret: str, key: str) -> str:
    """A secret that only who has the key can read (JWE, AES-256-GCM). The key is a long random text."""
    return jwe.encrypt_compact(_SEAL, secret.encode(), _key(key))


def unseal(sealed: str, key: str) -> str:
    """The secret again. Raises BadSeal."""
    try:
        opened = jwe.decrypt_compact(sealed, _key(key), algorithms=list(_SEAL.values()))
    except (JoseError, ValueError) as error:
        raise BadSeal from error
    return (opened.plaintext or b"").decode()


def _key(text: str) -> OctKey:
    return OctKey.import_key(hashlib.sha256(text.encode()).digest())
