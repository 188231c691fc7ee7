"""Policy packs: folders with a `policy.yaml` that names the lexicon files it is written against."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from rules.document import POLICY_KEYS, check_policy, read_field, read_policy
from rules.flaws import Flaw, PackError
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from rules.lexicon_file import LEXICON_KEYS, LexiconFiles, placed
from rules.model import FactField, Policy
from rules.rows import Row
from rules.yaml_source import Source, read_yaml

PACKS = Path(__file__).parent / "packs"
"""Where the packs that come with the product live, one folder a pack; `lexicon/` is shared by them."""
_POLICY_FILE = "policy.yaml"
_LEXICON_FOLDER = "lexicon"
_PACK_KEYS = POLICY_KEYS | {"lexicon"}


def pack_keys() -> tuple[str, ...]:
    """The keys of the packs that come with the product."""
    return tuple(sorted(file.parent.name for file in PACKS.glob(f"*/{_POLICY_FILE}")))


def load_pack(
    path_or_key: str | Path,
    functions: frozenset[str] = FUNCTIONS,
    conference_domains: frozenset[str] = CONFERENCE_DOMAINS,
) -> Policy:
    """The policy of a pack: a key such as `municipal`, a folder, or a policy file.

    Lexicon files are sought in `lexicon/` beside the policy file, in `lexicon/` beside its folder, and among
    those of the product. Raises PackError with everything that is wrong, with file and line.
    """
    file = _policy_file(path_or_key)
    return policy_of_source(read_yaml(file), file.parent, functions, conference_domains)


@cache
def pack_fields(key: str) -> tuple[FactField, ...]:
    """What the rules of a shipped pack may ask about, as `load_pack` has it. The words of its lexicon are not
    taken apart for that, which takes half a second and as much memory as all else. Raises PackError for other
    keys."""
    file = _policy_file(key)
    sound: list[Flaw] = []  # as what is shipped is
    policy = Row(read_yaml(file).data, "", sound, _PACK_KEYS)
    files = (_lexicon_file(name, file.parent) for name in policy.texts("lexicon"))
    lexicon = [Row(read_yaml(each).data, "", sound, LEXICON_KEYS) for each in files if each]
    items = (item for row in (policy, *lexicon) for item in row.items("fields"))
    return tuple(read_field(item, "fields", sound) for item in items)


def policy_of_source(
    source: Source,
    folder: Path | None,
    functions: frozenset[str] = FUNCTIONS,
    conference_domains: frozenset[str] = CONFERENCE_DOMAINS,
) -> Policy:
    """The policy of a parsed policy file that stands in `folder`; without one, only the lexicon files of the
    product are there for it. Raises PackError with everything that is wrong, with file and line."""
    flaws: list[Flaw] = []
    row = Row(source.data, "", flaws, _PACK_KEYS)
    files = LexiconFiles()
    for at, name in enumerate(row.texts("lexicon")):
        lexicon_file = _lexicon_file(name, folder)
        if lexicon_file is None:
            row.note("no_lexicon_file", f"lexicon.{at}", name=name)
        else:
            files.add(read_yaml(lexicon_file))
    policy = read_policy(row, files.lexicon())
    policy = replace(policy, fields=(*policy.fields, *files.fields))
    if not flaws and not files.flaws:
        flaws = [files.origin(flaw) or flaw for flaw in check_policy(policy, functions, conference_domains)]
    if flaws or files.flaws:
        raise PackError([*(placed(flaw, source) for flaw in flaws), *files.flaws])
    return policy


def _policy_file(path_or_key: str | Path) -> Path:
    """The policy file of a key or a path. Raises PackError when there is none."""
    if isinstance(path_or_key, str) and path_or_key in pack_keys():
        return PACKS / path_or_key / _POLICY_FILE
    path = Path(path_or_key)
    try:
        if path.is_dir():
            path = path / _POLICY_FILE
        found = path.is_file()
    except (OSError, ValueError):
        found = False
    if not found:
        raise PackError(
            [Flaw("pack.no_pack", "", {"name": str(path_or_key), "known": ", ".join(pack_keys())})]
        )
    return path


def _lexicon_file(name: str, folder: Path | None) -> Path | None:
    """Only a plain name is taken: a pack never reads files outside the folders it may use."""
    if Path(name).name != name or name.startswith("."):
        return None
    beside: tuple[Path, ...] = ()
    if folder:
        beside = (folder / _LEXICON_FOLDER, folder.parent / _LEXICON_FOLDER)
    for place in (*beside, PACKS / _LEXICON_FOLDER):
        if (place / f"{name}.yaml").is_file():
            return place / f"{name}.yaml"
    return None
