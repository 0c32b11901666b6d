"""The fonts of a document as explicit files, because fontconfig silently draws in whatever it finds.

Families are named by role (`zb-body`, `zb-hei` …) in the style sheet, so no system font can take their place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from zhibao.errors import OperatorError

ROLES = ("body", "kai", "hei", "title", "song", "latin", "rare")
HAN_ROLES = ("body", "kai", "hei", "title", "song")
SCHEME = "zhibao-font"
REMEDY = "bash scripts/install-fonts.sh"


@dataclass(frozen=True, slots=True)
class FontFile:
    """One role's font: the family that the file calls itself, the file, and what an editable document asks for."""

    role: str
    family: str
    path: Path
    office: str

    @property
    def alias(self) -> str:
        return f"zb-{self.role}"

    @property
    def url(self) -> str:
        return f"{SCHEME}:{self.role}"


@dataclass(frozen=True)
class FontSet:
    """All roles' fonts. Load it once and render many documents with it: files and coverage are read once."""

    fonts: tuple[FontFile, ...]

    @classmethod
    def load(cls, config: Path, folder: Path) -> FontSet:
        """Read `config` (report_templates/fonts.yaml); files lie in `folder`. Raises OperatorError."""
        try:
            roles = yaml.safe_load(config.read_text("utf-8"))
            fonts = tuple(_font(role, roles[role], folder) for role in ROLES)
        except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
            raise OperatorError(
                f"字体配置 {config.name} 有误：{error}。每个用途都要写明 family 和 file：{'、'.join(ROLES)}。",
                f"{config.name} is wrong: {error}. Each role needs family and file: {', '.join(ROLES)}.",
            ) from None
        return cls(fonts)

    def check(self) -> None:
        """Raise OperatorError naming every file that is missing or is another font, and the command to run."""
        for font in self.fonts:
            if not font.path.is_file():
                raise _unusable(font, "文件不存在", "no such file")
            if font.family not in self._families[font.role]:
                found = self._families[font.role][0]
                raise _unusable(font, f"文件中的字体名为 {found}", f"the file holds the family {found}")

    @property
    def office(self) -> dict[str, str]:
        """Role → the name by which an editable document asks for its font."""
        return {font.role: font.office for font in self.fonts}

    @cached_property
    def digest(self) -> str:
        """Over role, family and bytes of every font."""
        digest = hashlib.sha256()
        for font in self.fonts:
            digest.update(f"{font.role}\0{font.family}\0".encode() + self.bytes_of(font.url))
        return digest.hexdigest()

    @cached_property
    def digests(self) -> dict[str, str]:
        """Role → sha256 of its file."""
        return {font.role: hashlib.sha256(self.bytes_of(font.url)).hexdigest() for font in self.fonts}

    def embedded_name(self, alias: str) -> str:
        """What a font that the style sheet calls `alias` is called in the finished file."""
        return next(font.family.replace(" ", "-") for font in self.fonts if font.alias == alias)

    @cached_property
    def stylesheet(self) -> str:
        return "\n".join(f'@font-face{{font-family:"{font.alias}";src:url("{font.url}")}}' for font in self.fonts)

    @cached_property
    def han(self) -> frozenset[int]:
        """Code points that every Han role draws itself."""
        return frozenset.intersection(*(self._coverage[role] for role in HAN_ROLES))

    @property
    def latin(self) -> frozenset[int]:
        return self._coverage["latin"]

    @property
    def rare(self) -> frozenset[int]:
        return self._coverage["rare"]

    def glyphs(self, role: str) -> dict[int, tuple[int, float]]:
        """Code point → number of the glyph in the font's file, and its advance in ems."""
        if role not in self._glyphs:
            self._glyphs[role] = _glyphs_of(next(font for font in self.fonts if font.role == role))
        return self._glyphs[role]

    @cached_property
    def _glyphs(self) -> dict[str, dict[int, tuple[int, float]]]:
        return {}

    def knows(self, url: str) -> bool:
        return any(font.url == url for font in self.fonts)

    def bytes_of(self, url: str) -> bytes:
        return self._bytes[url]

    @cached_property
    def _bytes(self) -> dict[str, bytes]:
        return {font.url: font.path.read_bytes() for font in self.fonts}

    @cached_property
    def _tables(self) -> dict[str, tuple[frozenset[int], tuple[str, ...]]]:
        """Role → code points drawn, family names. Raises OperatorError on what is no font."""
        return {font.role: _read(font) for font in self.fonts}

    @property
    def _coverage(self) -> dict[str, frozenset[int]]:
        return {role: coverage for role, (coverage, _) in self._tables.items()}

    @property
    def _families(self) -> dict[str, tuple[str, ...]]:
        return {role: families for role, (_, families) in self._tables.items()}


def _font(role: str, told: dict[str, str], folder: Path) -> FontFile:
    return FontFile(role, told["family"], folder / told["file"], told.get("office", told["family"]))


def _read(font: FontFile) -> tuple[frozenset[int], tuple[str, ...]]:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(font.path, lazy=True) as tables:
            names = [record.toUnicode() for record in tables["name"].names if record.nameID in (1, 4, 16)]
            return frozenset(tables.getBestCmap()), tuple(dict.fromkeys(names))
    except FileNotFoundError:
        raise _unusable(font, "文件不存在", "no such file") from None
    except (TTLibError, OSError, KeyError):
        raise _unusable(font, "不是可用的字体文件", "not a usable font file") from None


def _glyphs_of(font: FontFile) -> dict[int, tuple[int, float]]:
    from fontTools.ttLib import TTFont

    with TTFont(font.path, lazy=True) as tables:
        numbers, advances, em = tables.getReverseGlyphMap(), tables["hmtx"].metrics, tables["head"].unitsPerEm
        return {code: (numbers[name], advances[name][0] / em) for code, name in tables.getBestCmap().items()}


def _unusable(font: FontFile, zh: str, en: str) -> OperatorError:
    return OperatorError(
        f"字体（{font.role}，{font.family}）不可用：{font.path} {zh}。请运行 {REMEDY}。",
        f"the font for {font.role} ({font.family}) cannot be used: {font.path}: {en}. Run {REMEDY}.",
    )


def strangers(embedded: Iterable[str], fonts: FontSet) -> list[str]:
    """Embedded font names (`ABCDEF+zb-body`) that are no role's: they came from the system."""
    aliases = {font.alias for font in fonts.fonts}
    return sorted({name for name in embedded if name.split("+", 1)[-1] not in aliases})
