"""How fast words become facts, what the lexicon costs in memory, and how long hostile texts take.

    python -m bench.facts [--json] [--sizes 5000,0] [--rounds 9]

The texts are the published complaints of the sample. A lexicon of 5,000 terms has every term that they
contain and others drawn with a fixed seed; 0 stands for all terms of the municipal policy. Each size is
measured in a process of its own, on one core: texts a second of the processor's time, the best of several
rounds, because other work on the machine only ever adds. Hostile texts are 100 KB each: repetition,
punctuation, digits, characters that cannot be seen. Reading gives the facts and how sure they are; with
highlights, also every place in the text that says so. `make compile` before makes machine code of the modules
that read; the figures say whether that was done. The exit status is 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

from rules import facts
from rules.facts import Extractor
from rules.folding import fold
from rules.lexicon import Lexicon, Term
from rules.pack import load_pack

SAMPLE = Path(__file__).parents[1] / "db" / "reference" / "sample" / "complaints.jsonl"
TEXTS_A_SECOND, OF_TERMS = 20_000, 5_000
"""So many texts a second at so many terms."""
MEMORY_MB = 50.0
"""What the compiled words may take, of whatever lexicon."""
HOSTILE_MS = 50.0
"""What a text of 100 KB may take."""
_LONG = 100_000 // 3  # code points of Chinese in 100 KB
_SEED = 7


@dataclass(frozen=True, slots=True)
class Measured:
    """One lexicon: texts a second, seconds to build, memory that the process grew by meanwhile, and the time
    of the slowest hostile text."""

    terms: int
    readings: int
    texts_a_second: int
    with_highlights: int
    characters_a_text: float
    build_s: float
    memory_mb: float
    hostile_ms: float
    hostile: str


def texts() -> list[str]:
    """The complaints of the sample."""
    return [json.loads(line)["text"] for line in SAMPLE.read_text(encoding="utf-8").splitlines()]


def lexicon(terms: int) -> Lexicon:
    """The municipal lexicon, or so many of its terms: all that stand in the sample, and others."""
    whole = load_pack("municipal").lexicon
    if not terms or terms >= len(whole.terms):
        return whole
    sample = "\n".join(map(fold, texts()))
    used: list[Term] = []
    others: list[Term] = []
    for term in whole.terms:
        (used if fold(term.text) in sample else others).append(term)
    drawn = Random(_SEED).sample(others, max(0, terms - len(used)))
    return Lexicon((*used, *drawn), whole.readings)


def hostile(words: Lexicon) -> dict[str, str]:
    """Texts of 100 KB that nobody writes, by name."""
    first = words.terms[0].text
    alphabet = [term.text for term in words.terms[:: max(1, len(words.terms) // 2_000)]]
    return {
        "one word": first * (_LONG // len(first)),
        "all words": "".join(alphabet * (_LONG // sum(map(len, alphabet)) + 1))[:_LONG],
        "one clause": "不是工厂旁边的养殖场的码头" * (_LONG // 13),
        "punctuation": "，。！" * (_LONG // 3),
        "digits": "1" * 100_000,
        "clock times": "晚上十点到早上六点，" * (_LONG // 10),
        "numbers": "一百二十三万四千五百头" * (_LONG // 11),
        "zero width": "\u200b" * _LONG,
        "surrogates": "\ud800" * _LONG,
        "white space": " \n\t\r" * 25_000,
        "denials": "没有不是" * (_LONG // 4),
    }


def measure(terms: int, rounds: int) -> Measured:
    """Measure one lexicon in this process."""
    words, sample = lexicon(terms), texts()
    before, start = _resident_mb(), process_time()
    extractor = Extractor(words)
    built, grown = process_time() - start, _resident_mb() - before
    best = min(_seconds(extractor, sample * 10) for _ in range(rounds))
    highlighted = min(_seconds(extractor, sample * 10, highlights=True) for _ in range(rounds))
    slowest = max(
        (
            (min(_seconds(extractor, [text], highlights=True) for _ in range(3)), name)
            for name, text in hostile(words).items()
        )
    )
    return Measured(
        terms=len(words.terms),
        readings=len(words.readings),
        texts_a_second=round(10 * len(sample) / best),
        with_highlights=round(10 * len(sample) / highlighted),
        characters_a_text=round(sum(map(len, sample)) / len(sample), 1),
        build_s=round(built, 3),
        memory_mb=round(grown, 1),
        hostile_ms=round(slowest[0] * 1000, 1),
        hostile=slowest[1],
    )


def _seconds(extractor: Extractor, many: Sequence[str], *, highlights: bool = False) -> float:
    start = process_time()
    for text in many:
        found = extractor.extract(text)
        if highlights:
            _ = found.matches
    return process_time() - start


def _resident_mb() -> float:
    statm = Path("/proc/self/statm").read_text().split()
    return int(statm[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def run(sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    """All figures, and the bars."""
    measured = [_apart(size, rounds) for size in sizes]
    bars: list[tuple[str, float, float, bool]] = []
    for each in measured:
        if each.terms <= OF_TERMS:
            speed = each.texts_a_second
            bars.append(
                (f"texts a second, {each.terms} terms", speed, TEXTS_A_SECOND, speed >= TEXTS_A_SECOND)
            )
        for name, value, most in (
            ("MB", each.memory_mb, MEMORY_MB),
            ("ms, 100 KB", each.hostile_ms, HOSTILE_MS),
        ):
            bars.append((f"{name}, {each.terms} terms", value, most, value <= most))
    return {
        "read_by": "machine code" if facts.__file__.endswith(".so") else "Python",
        "measured": [asdict(each) for each in measured],
        "bars": [
            {"bar": name, "value": value, "bound": bound, "reached": ok} for name, value, bound, ok in bars
        ],
    }


def _apart(size: int, rounds: int) -> Measured:
    command = [sys.executable, "-m", "bench.facts", "--one", str(size), "--rounds", str(rounds)]
    return Measured(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """The figures to be read."""
    yield f"read by {figures['read_by']}"
    head = f"{'terms':>7} {'readings':>8} {'texts/s':>8} {'with highlights':>15} {'build s':>8}"
    yield f"{head} {'MB':>6}  slowest text of 100 KB"
    for each in figures["measured"]:
        yield (
            f"{each['terms']:>7} {each['readings']:>8} {each['texts_a_second']:>8} "
            f"{each['with_highlights']:>15} {each['build_s']:>8.3f} "
            f"{each['memory_mb']:>6.1f}  {each['hostile_ms']:.1f} ms, {each['hostile']}"
        )
    yield ""
    for bar in figures["bars"]:
        reached = "reached" if bar["reached"] else "MISSED"
        yield f"{bar['bar']:30} {bar['value']:>9} against {bar['bound']:>8}  {reached}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line. 0 when all bars are reached, else 1."""
    parser = argparse.ArgumentParser(prog="bench.facts", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object with every figure")
    parser.add_argument("--sizes", default=f"{OF_TERMS},0", help="numbers of terms, 0 for all")
    parser.add_argument("--rounds", type=int, default=9, help="how often the sample is read")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.one is not None:
        print(json.dumps(asdict(measure(given.one, given.rounds))))
        return 0
    figures = run([int(size) for size in given.sizes.split(",")], given.rounds)
    print(json.dumps(figures, ensure_ascii=False) if given.json else "\n".join(lines(figures)))
    return 0 if all(bar["reached"] for bar in figures["bars"]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
