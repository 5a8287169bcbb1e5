"""Learns how digits and letters look, for the reading of scans: `python -m bench.ocr_shapes FONTS... --write`.

Tesseract's Thai data hardly knows the Thai digits, and no data knows the face of the next announcement. What differs between two
digits is the same in all faces, though. So digits, letters and, as what they are not, the other letters of Thai are printed in many
faces, spoilt as a scanner spoils them, cut out by the code that reads scans, and a small network learns to tell them apart.

FONTS are folders of font files. Files of one face that are parted by script, `name-thai.ttf` and `name-latin.ttf`, are taken
together. The weights in the package were learnt from faces under the SIL Open Font License alone: those in `samples/forge/fonts`,
and Bai Jamjuree, IBM Plex Sans Thai Looped, K2D, Krub, Niramit, Noto Sans Thai, Noto Serif Thai, Pridi, Sarabun, Taviraj and
Trirong as Fontsource gives them, in four weights. `--test FOLDER` names faces that are not learnt from, and measures on them.
"""

from __future__ import annotations

import argparse
import io
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ita_extract.engines.ocr.glance import CLASSES, FILE, OTHER, Net, load, save
from ita_extract.engines.ocr.pictures import DPI
from ita_extract.engines.ocr.shapes import FRAME, glyphs_of

ARABIC, THAI, LATIN = "0123456789", "๐๑๒๓๔๕๖๗๘๙", "ABCDEFIOT"
CONSONANTS = "กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮเแโใไาะๆฯ"
FOREIGN = "GHJKLMNPQRSUVWXYZabcdefghijklmnopqrstuvwxyz/()&?"
CELL = (180, 620)
"""Rows and columns of pixels for one text at `DPI`."""
CLOSER = 0.14
"""Parts of an em by which digits are moved together for them to touch."""
TEXTS = 96
"""Texts on a sheet."""
HIDDEN, ROUNDS, BATCH, RATE, DECAY = 72, 14, 256, 2e-3, 1e-5


@dataclass(frozen=True, slots=True)
class Face:
    name: str
    files: tuple[Path, ...]

    def drawn_by(self) -> dict[str, Path]:
        """The file that holds each character."""
        covered: dict[str, Path] = {}
        for file in self.files:
            for code in TTFont(file).getBestCmap():
                covered.setdefault(chr(code), file)
        return covered


def faces_in(folders: Iterable[Path]) -> list[Face]:
    files: dict[str, list[Path]] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.?tf")):
            files.setdefault(file.stem.removesuffix("-thai").removesuffix("-latin"), []).append(file)
    return [Face(name, tuple(found)) for name, found in sorted(files.items())]


def tied(dice: random.Random) -> str:
    """Two digits, to be printed so closely that they are one body of ink: no shape that is known."""
    digits = dice.choice([ARABIC, THAI])
    return dice.choice(digits) + dice.choice(digits)


def text(dice: random.Random) -> str:
    """Something that tables print, or letters that are no number."""
    kind = dice.random()
    if kind < 0.45:
        digits = ARABIC if kind < 0.17 else THAI
        number = dice.choice(
            [
                f"{dice.uniform(0, 100):.2f}",
                *[f"{dice.uniform(0, 100):.2f}%"] * 2,
                f"{dice.randrange(10**6):,}",
                *[str(dice.randrange(300))] * 2,
                str(dice.randrange(2550, 2590)),
                "".join(dice.choice(ARABIC) for _ in range(6)),
            ]
        )
        return number.translate(str.maketrans(ARABIC, digits))
    if kind < 0.6:
        return dice.choice(["AA", "A", "B", "C", "D", "E", "F", "IIT", "EIT", "OIT", "".join(dice.choice(LATIN) for _ in range(3))])
    if kind < 0.68:
        return dice.choice("IEO") + str(dice.randrange(1, 44))
    letters = CONSONANTS if kind < 0.92 else FOREIGN
    return "".join(dice.choice(letters) for _ in range(dice.randrange(1, 8)))


def sheet(
    face: Face, dice: random.Random, of: Callable[[random.Random], str] = text, closer: float = 0.0
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Texts printed in a face, by so much of an em closer than the face has it, each with its picture out of a scan."""
    dpi = dice.choice([150, 200, 200, 200, 300])
    size = dice.uniform(10, 20) * dpi / 72
    covered = face.drawn_by()
    fonts = {file: ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC) for file in set(covered.values())}
    rows, columns = (round(side * dpi / DPI) for side in CELL)
    page = Image.new("L", (4 * columns, TEXTS // 4 * rows), 255)
    draw, said = ImageDraw.Draw(page), []
    ink, tight = dice.choice([0, 0, 30, 80, 110]), (dice.uniform(-0.02, 0.06) - closer) * size
    for at in range(TEXTS):
        one = of(dice)
        pen = (at % 4) * columns + 0.1 * columns
        top = (at // 4) * rows + 0.2 * rows
        said.append(one if all(char in covered for char in one) else "")
        for char in said[-1]:
            font = fonts[covered[char]]
            draw.text((pen, top + size), char, font=font, fill=ink, anchor="ls")
            pen += font.getlength(char) + tight
    for at, picture in enumerate(_cut(_spoilt(page, dice))):
        yield said[at], picture


def _spoilt(page: Image.Image, dice: random.Random) -> NDArray[np.uint8]:
    turned = page.rotate(dice.uniform(-0.4, 0.4), Image.Resampling.BICUBIC, fillcolor=255)
    grain = np.random.default_rng(dice.randrange(1 << 30)).normal(0, dice.uniform(1, 10), (page.height, page.width))
    soft = cv2.GaussianBlur(np.asarray(turned, np.uint8), (0, 0), dice.uniform(0.2, 0.9)).astype(np.float64)
    grey = np.clip(soft * dice.uniform(0.75, 0.97) + dice.uniform(0, 25) + grain, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "JPEG", quality=dice.randrange(45, 95))
    done = np.asarray(Image.open(io.BytesIO(out.getvalue())), np.uint8)
    how = dice.choice([cv2.INTER_CUBIC, cv2.INTER_LINEAR])
    return np.asarray(cv2.resize(done, (4 * CELL[1], TEXTS // 4 * CELL[0]), interpolation=how), np.uint8)


def _cut(page: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    for at in range(TEXTS):
        top, left = at // 4 * CELL[0], at % 4 * CELL[1]
        cell = page[top : top + CELL[0], left : left + CELL[1]]
        dark = cv2.GaussianBlur(cell, (5, 5), 0) < 150
        rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
        if len(rows):
            yield cell[max(0, rows[0] - 6) : rows[-1] + 7, max(0, columns[0] - 6) : columns[-1] + 7]
        else:
            yield np.full((8, 8), 255, np.uint8)


def shapes_of(faces: Sequence[Face], sheets: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64], list[str]]:
    """The shapes cut out of so many sheets of each face, the class of each, and its face."""
    shapes, classes, names = [], [], []
    for face in faces:
        for no in range(sheets):
            dice = random.Random(f"{seed} {face.name} {no}")  # noqa: S311
            for said, picture in sheet(face, dice):
                found = glyphs_of(picture)
                if len(found) != len(said) or any(bool(g.low) != (c in ".,-") for g, c in zip(found, said, strict=True)):
                    continue
                for glyph, char in zip(found, said, strict=True):
                    if not glyph.low:
                        shapes.append(glyph.shape.astype(np.float16))
                        classes.append(CLASSES.index(char) if char in CLASSES else CLASSES.index(OTHER))
                        names.append(face.name)
        for said, picture in sheet(face, random.Random(f"{seed} {face.name} tied"), tied, CLOSER):  # noqa: S311
            if said and len(found := glyphs_of(picture)) == 1 and not found[0].low:
                shapes.append(found[0].shape.astype(np.float16))
                classes.append(CLASSES.index(OTHER))
                names.append(face.name)
    return np.array(shapes), np.array(classes), names


def learnt(shapes: NDArray[np.float32], classes: NDArray[np.int64], seed: int = 1) -> Net:
    """A network of one hidden layer, by Adam."""
    draw = np.random.default_rng(seed)
    width, count = shapes.shape[1], len(CLASSES)
    params = [
        draw.normal(0, 2 / np.sqrt(width), (width, HIDDEN)),
        np.zeros(HIDDEN),
        draw.normal(0, np.sqrt(2 / HIDDEN), (HIDDEN, count)),
        np.zeros(count),
    ]
    params = [one.astype(np.float32) for one in params]
    first, second = ([np.zeros_like(one) for one in params] for _ in range(2))
    step = 0
    for turn in range(ROUNDS):
        order = draw.permutation(len(shapes))
        rate = RATE * 0.5 * (1 + np.cos(np.pi * turn / ROUNDS))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            step += 1
            chosen = order[start : start + BATCH]
            x = _jolted(shapes[chosen].astype(np.float32), draw)
            hidden = np.maximum(x @ params[0] + params[1], 0)
            kept = (draw.random(hidden.shape) > 0.1).astype(np.float32) / 0.9
            hidden *= kept
            score = hidden @ params[2] + params[3]
            likely = np.exp(score - score.max(1, keepdims=True))
            likely /= likely.sum(1, keepdims=True)
            wrong = likely
            wrong[np.arange(BATCH), classes[chosen]] -= 1
            wrong /= BATCH
            back = (wrong @ params[2].T) * (hidden > 0) * kept
            for at, slope in enumerate((x.T @ back, back.sum(0), hidden.T @ wrong, wrong.sum(0))):
                first[at] = 0.9 * first[at] + 0.1 * slope
                second[at] = 0.999 * second[at] + 0.001 * slope**2
                step_size = rate * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
                params[at] -= step_size * (first[at] / (np.sqrt(second[at]) + 1e-8)) + DECAY * params[at]
    return Net(*params)


def _jolted(shapes: NDArray[np.float32], draw: np.random.Generator) -> NDArray[np.float32]:
    """The shapes of a batch moved, stretched and slanted a little, bolder or thinner: other faces do that."""
    frames = shapes.reshape(-1, *FRAME)
    out = np.empty_like(frames)
    centre = (FRAME[1] / 2, FRAME[0] / 2)
    for at, frame in enumerate(frames):
        wide, high, slant = draw.normal(1, 0.07), draw.normal(1, 0.05), draw.normal(0, 0.07)
        shift = draw.normal(0, 0.7, 2)
        matrix = np.array([[wide, slant, 0], [0, high, 0]])
        matrix[:, 2] = np.array(centre) - matrix[:, :2] @ centre + shift
        moved = cv2.warpAffine(frame, matrix, FRAME[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        out[at] = _stroked(moved, draw)
    flat = out.reshape(len(shapes), -1)
    flat -= flat.mean(1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)


def _stroked(frame: NDArray[np.float32], draw: np.random.Generator) -> NDArray[np.float32]:
    """The strokes of a shape a little bolder, or thinner, or as they are: loops that are filled with ink are the same loops."""
    how = draw.random()
    if how < 0.5:
        return frame
    other = (cv2.dilate if how < 0.85 else cv2.erode)(frame, np.ones((2, 2) if draw.random() < 0.5 else (3, 3), np.uint8))
    share = draw.uniform(0.3, 1)
    return np.asarray(share * other + (1 - share) * frame, np.float32)


def told(net: Net, shapes: NDArray[np.float32], classes: NDArray[np.int64], names: Sequence[str]) -> str:
    """How many are told rightly, by script and by face, and what is taken for what."""
    right, total, taken = Counter[str](), Counter[str](), Counter[str]()
    likely = net(shapes.astype(np.float32))
    sure = Counter[str]()
    for row, (true, face) in enumerate(zip(classes.tolist(), names, strict=True)):
        char = CLASSES[true]
        group = next((name for name, chars in (("arabic", ARABIC), ("thai", THAI), ("latin", LATIN)) if char in chars), "other")
        own = {"arabic": ARABIC, "thai": THAI, "latin": LATIN}.get(group, CLASSES)
        among = [CLASSES.index(one) for one in own]
        best = among[int(likely[row, among].argmax())]
        for key in (group, f"{group} {face}"):
            total[key] += 1
            right[key] += best == true
        if best != true:
            taken[f"{char}>{CLASSES[best]}"] += 1
            sure[group] += likely[row, best] > 0.9
    lines = [f"{key}: {right[key]} of {total[key]} ({right[key] / total[key]:.2%})" for key in sorted(total)]
    return "\n".join(lines) + f"\nsurely wrong: {dict(sure)}\n{taken.most_common(30)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fonts", nargs="*", type=Path)
    parser.add_argument("--test", type=Path, action="append", default=[])
    parser.add_argument("--sheets", type=int, default=6)
    parser.add_argument("--write", action="store_true", help="keep the weights in the package")
    given = parser.parse_args()
    net = load() if not given.fonts else None
    if given.fonts:
        shapes, classes, _ = shapes_of(faces_in(given.fonts), given.sheets, seed=1)
        print(f"{len(shapes):,} shapes to learn from")
        net = learnt(shapes, classes)
    if given.write:
        save(net)
        print(f"written: {FILE}")
    if given.test:
        print(told(net, *shapes_of(faces_in(given.test), 2, seed=2)))


if __name__ == "__main__":
    main()
