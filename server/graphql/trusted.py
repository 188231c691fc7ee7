"""Documents that the operator trusts, named by id instead of sent: read once, when the server starts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson

from server.faults import Problem
from server.graphql.document import Document, Documents, Unacceptable
from server.graphql.guard import BY_HASH
from server.settings import Settings
from wording.catalogue import Language, say

LONGEST_TOLD = 80


class BadManifest(Exception):
    """A file of trusted documents that cannot be used; `path` is in its message."""

    def __init__(self, key: str, path: str, problem: Problem | None = None, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = {**values, "path": path}
        self.problem = problem

    def message(self, language: Language) -> str:
        """One line: what is wrong, and what to do."""
        reason = {} if self.problem is None else {"reason": self.problem.error(language)["message"]}
        return say(self.key, language, **self.values, **reason)


class TrustedDocuments:
    """The trusted documents of a server. Each is kept as long as the server runs."""

    def __init__(self, read: Mapping[str, tuple[str, Document]]) -> None:
        self._by_text = dict(read.values())
        self._by_id = {BY_HASH + _hash(text): document for text, document in self._by_text.items()}
        self._by_id.update((id, self._by_text[text]) for id, (text, _) in read.items())

    def all(self) -> Iterable[Document]:
        """Each document once, in the order of the manifest."""
        return self._by_text.values()

    def has(self, id: str) -> bool:
        """Whether there is a document with an id, or with a hash."""
        return id in self._by_id

    def named(self, id: str) -> Document:
        """The document with an id of the manifest, or with `sha256:` and the hash of its text. Raises
        Unacceptable."""
        document = self._by_id.get(id)
        if document is None:
            raise Unacceptable(Problem("query.unknown_document", {"id": id[:LONGEST_TOLD]}))
        return document

    def of_text(self, text: str) -> Document | None:
        """The document with exactly this text, if it is trusted."""
        return self._by_text.get(text)


def trusted_documents(settings: Settings, documents: Documents) -> TrustedDocuments:
    """The documents of the manifest in the settings, of none when there is none. Raises BadManifest."""
    path = settings.trusted_documents
    read: dict[str, tuple[str, Document]] = {}
    for id, text in (_manifest(path) if path else {}).items():
        try:
            read[id] = text, documents.read(text)
        except Unacceptable as unacceptable:
            told = id[:LONGEST_TOLD]
            raise BadManifest("trusted.refused", path, unacceptable.problems[0], id=told) from None
    return TrustedDocuments(read)


def _manifest(path: str) -> dict[str, str]:
    try:
        manifest = orjson.loads(Path(path).read_bytes())
    except OSError as error:
        raise BadManifest("trusted.unreadable", path, cause=error.strerror) from None
    except orjson.JSONDecodeError as error:
        raise BadManifest("trusted.not_json", path, line=error.lineno, column=error.colno) from None
    documents = manifest if isinstance(manifest, dict) else {"": manifest}
    if not all(id and isinstance(text, str) for id, text in documents.items()):
        raise BadManifest("trusted.not_documents", path)
    return documents


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
