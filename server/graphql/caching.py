"""What caches may keep: answers to GET that show public registers and nothing of anybody's, and the schema.

RFC 9110 (13.1.2) and RFC 9111. All other answers have `no-store`.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from graphql import (
    BREAK,
    DocumentNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_leaf_type,
    visit,
)

from server.faults import Reply

REGISTERS: Final = frozenset(
    {"Department", "DepartmentFunction", "Function", "JointConference", "Region", "_Service"}
)
"""The types of which every field is public and none tells who asks. What is reached from them and is not
here, such as a conference's sessions, is not public."""
SHARED: Final = (
    (b"cache-control", b"public, max-age=60"),
    (b"vary", b"accept, accept-language, authorization"),
)
"""The headers of an answer that caches may share: units change a few times a year."""


def is_public(schema: GraphQLSchema, document: DocumentNode) -> bool:
    """Whether all that a document asks for is in the registers or in the schema itself."""
    types = TypeInfo(schema)
    found = _Private(types)
    visit(document, TypeInfoVisitor(types, found))
    return not found.found


class _Private(Visitor):
    """Looks for a field that leads to a type that is not public."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.found = False

    def enter_field(self, *_: Any) -> Any:
        type_ = get_named_type(self.types.get_type())
        if is_leaf_type(type_) or (type_ and (type_.name in REGISTERS or type_.name.startswith("__"))):
            return None
        self.found = True
        return BREAK


def tag(body: bytes) -> bytes:
    """The weak entity tag of a body: the same data may come written in another way."""
    return b'W/"%b"' % hashlib.blake2b(body, digest_size=12).hexdigest().encode()


def revalidated(reply: Reply, known: bytes | None) -> Reply:
    """A shared answer with its entity tag; 304 without a body where `known`, the request's If-None-Match,
    already has it. Any other answer as it is."""
    if reply.headers is not SHARED:
        return reply
    own = tag(reply.body)
    headers = (*SHARED, (b"etag", own))
    return Reply(b"", 304, headers) if holds(known, own) else Reply(reply.body, reply.status, headers)


def holds(known: bytes | None, own: bytes) -> bool:
    """Whether an If-None-Match header names an entity tag, by the weak comparison."""
    if known is None:
        return False
    opaque = own.removeprefix(b"W/")
    return any(each.strip().removeprefix(b"W/") in (opaque, b"*") for each in known.split(b","))
