"""Nothing wrong is drawn quietly: fonts, characters, templates and addresses each stop the document by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from zhibao.documents import FontSet, render
from zhibao.errors import OperatorError

from . import made_up

PAGE = '{% extends "base.html.j2" %}{% block title %}试{% endblock %}{% block body %}'


def _render(folder: Path, body: str) -> bytes:
    templates = made_up.templates_with(folder, "trial.html.j2", PAGE + body + "{% endblock %}")
    return render(made_up.of_kind("trial"), templates, made_up.font_set())


def _linked_fonts(folder: Path) -> Path:
    folder.mkdir()
    for font in made_up.font_set().fonts:
        (folder / font.path.name).symlink_to(font.path.resolve())
    return folder


def _load(folder: Path) -> FontSet:
    return FontSet.load(made_up.TEMPLATES / "fonts.yaml", folder)


def test_a_missing_font_file_stops_with_the_file_and_the_command(tmp_path: Path) -> None:
    folder = _linked_fonts(tmp_path / "fonts")
    (folder / "FandolKai-Regular.otf").unlink()
    with pytest.raises(OperatorError) as stopped:
        render(made_up.annual(), made_up.TEMPLATES, _load(folder))
    assert "FandolKai-Regular.otf" in stopped.value.text.zh
    assert "bash scripts/install-fonts.sh" in stopped.value.text.zh


def test_another_font_under_the_right_file_name_stops(tmp_path: Path) -> None:
    folder = _linked_fonts(tmp_path / "fonts")
    (folder / "FandolKai-Regular.otf").unlink()
    shutil.copy(folder / "FandolHei-Regular.otf", folder / "FandolKai-Regular.otf")
    with pytest.raises(OperatorError, match="FandolHei"):
        render(made_up.annual(), made_up.TEMPLATES, _load(folder))


def test_a_broken_font_file_stops(tmp_path: Path) -> None:
    folder = _linked_fonts(tmp_path / "fonts")
    (folder / "FandolKai-Regular.otf").unlink()
    (folder / "FandolKai-Regular.otf").write_bytes(b"no font")
    with pytest.raises(OperatorError, match=r"FandolKai-Regular\.otf"):
        render(made_up.annual(), made_up.TEMPLATES, _load(folder))


def test_a_role_without_a_font_stops(tmp_path: Path) -> None:
    config = tmp_path / "fonts.yaml"
    config.write_text("body: {family: FandolFang R, file: FandolFang-Regular.otf}\n", "utf-8")
    with pytest.raises(OperatorError, match="kai"):
        FontSet.load(config, tmp_path)


@pytest.mark.parametrize("char", ["😀", "ཀ", "\ue000"])
def test_a_character_that_no_font_draws_stops_with_its_name(tmp_path: Path, char: str) -> None:
    with pytest.raises(OperatorError) as stopped:
        _render(tmp_path, f"<p>王{char}</p>")
    assert char in stopped.value.text.zh
    assert f"U+{ord(char):04X}" in stopped.value.text.en
    assert "trial 2022" in stopped.value.text.en


@pytest.mark.parametrize(("body", "where"), [
    ("<p>王\ue000</p>", "正文"),
    ("<h2>一、概况</h2><p>前<b>\ue000</b>后</p>", "一、概况"),
    ("<h2>一、\ue000况</h2>", "一、□况"),
    ("<h2>二、表</h2><table><thead><tr><th>序号</th><th>姓名</th></tr></thead>"
     "<tbody><tr><td>1</td><td>王<i>\ue000</i></td></tr></tbody></table>", "二、表，“姓名”列"),
])
def test_the_message_says_where_it_stands_and_nothing_of_the_data(tmp_path: Path, body: str, where: str) -> None:
    with pytest.raises(OperatorError) as stopped:
        _render(tmp_path, body)
    assert f"（U+E000，{where}）" in stopped.value.text.zh and "王" not in stopped.value.text.zh


def test_rare_name_characters_are_drawn(tmp_path: Path) -> None:
    assert b"LXGW-WenKai" in _uncompressed(_render(tmp_path, "<p>燚垚喆昇堃犇䶮，3000㎡</p>"))


def _uncompressed(pdf: bytes) -> bytes:
    import io

    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        '<img alt="x" src="file:///etc/hostname">',
        '<img alt="x" src="http://127.0.0.1:9/x.png">',
        '<img alt="x" src="data:image/png;base64,AAAA">',
        '<link rel="stylesheet" href="file:///etc/hostname">',
        '<link rel="attachment" href="file:///etc/hostname">',
        '<p style="background: url(file:///etc/hostname)">字</p>',
        '<style>@import "http://127.0.0.1:9/x.css";</style>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>x</title>'
        '<image href="file:///etc/hostname" width="9" height="9"/></svg>',
    ],
)
def test_a_page_reaches_no_file_and_no_network(tmp_path: Path, body: str) -> None:
    with pytest.raises(OperatorError):
        _render(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        '{% include "../fonts.yaml" %}',
        '{% include "/etc/hostname" %}',
        "{{ programme.__class__.__mro__ }}",
        "{{ missing_name }}",
        "{% if %}",
    ],
)
def test_a_template_stays_in_its_folder_and_its_cage(tmp_path: Path, body: str) -> None:
    with pytest.raises(OperatorError, match="template"):
        _render(tmp_path, body)


@pytest.mark.parametrize("body", ["{{ 1 + 1 }}", "{{ -window[0].day }}", "{{ [1, 2]|sum }}", "{{ 2.5|round }}"])
def test_a_template_computes_no_figure(tmp_path: Path, body: str) -> None:
    with pytest.raises(OperatorError):
        _render(tmp_path, body)


def test_a_fault_of_a_template_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"trial\.html\.j2:3"):
        _render(tmp_path, "\n\n{{ missing_name }}")


def test_a_font_from_the_system_stops(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="not configured"):
        _render(tmp_path, '<p lang="en" style="font-family: serif">+</p>')


def test_a_warning_of_the_renderer_stops(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="colour"):
        _render(tmp_path, '<p style="colour: red">字</p>')


def test_text_from_data_is_escaped(tmp_path: Path) -> None:
    templates = made_up.templates_with(tmp_path, "trial.html.j2", PAGE + "{% endblock %}")
    content = made_up.of_kind("trial", notes=["<img src='file:///etc/hostname'> & 5 < 6"])
    assert render(content, templates, made_up.font_set()).startswith(b"%PDF")
