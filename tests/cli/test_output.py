"""Files that commands read and write."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.output import reading, same_file, writing
from cli.speech import Exit, Stop


def test_a_file_is_replaced_only_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("old")

    def write_half() -> None:
        with writing(path) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert path.read_text() == "old"
    with writing(path) as file:
        file.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_and_a_device_stay_what_they_are(tmp_path: Path) -> None:
    link, path = tmp_path / "link", tmp_path / "out"
    path.write_text("old")
    link.symlink_to(path)
    with writing(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    with writing(Path("/dev/null")) as file:
        file.write(b"x")
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("name", ["no/such/folder/out", "."])
def test_a_place_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Stop, match=name.replace(".", r"\.")) as stop, writing(Path(name)):
        raise AssertionError("nothing can be written there")
    assert stop.value.status is Exit.FILE


@pytest.mark.parametrize("name", ["no-such-file", "."])
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Stop, match=name.replace(".", r"\.")) as stop, reading(name):
        raise AssertionError("nothing can be read there")
    assert stop.value.status is Exit.FILE


def test_one_file_under_two_names_is_noticed(tmp_path: Path) -> None:
    path, link = tmp_path / "in", tmp_path / "link"
    path.write_text("x")
    link.symlink_to(path)
    assert same_file(str(path), link)
    assert not same_file(str(path), tmp_path / "out")
    assert not same_file("-", path)
