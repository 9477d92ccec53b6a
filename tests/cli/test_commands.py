"""The command line as a person or a script meets it: exit codes, texts, JSON, what is left behind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from cli.support import emissions
from report.support import CITY, ROWS, write_workbook

FACTOR = "cn-provincial-guide-2025-ncv-bituminous-coal"
BAD = (
    (CITY, 2020, "IPCC2006:2A1", "水泥熟科", "生产", 120, "万吨", "", "", None, "甲", ""),
    (CITY, 2020, "IPCC2006:1A1ai", "烟煤", "燃烧", "1,5", "万吨", "", "", None, "乙", ""),
    ("火星", 2020, "IPCC2006:1A1ai", "烟煤", "燃烧", 1, "万屯", "", "", None, "丙", ""),
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a good and a bad workbook and the results of two factor sets."""
    folder = tmp_path_factory.mktemp("city")
    write_workbook(folder / "2020.xlsx")
    write_workbook(folder / "bad.xlsx", BAD, ())
    assert emissions("inventory", "2020.xlsx", cwd=folder).returncode == 0
    assert (
        emissions(
            "inventory", "2020.xlsx", "-o", "other", "--factors", "ipcc-2006.1", "--format", "csv", cwd=folder
        ).returncode
        == 0
    )
    return folder


def no_traceback(done: object) -> bool:
    return "Traceback" not in f"{done}"


# ---------------------------------------------------------------- inventory


def test_inventory_writes_the_result_and_prints_a_summary(place: Path) -> None:
    done = emissions("inventory", "2020.xlsx", "-o", "again", cwd=place)
    assert done.returncode == 0
    assert "鄂尔多斯市 2020–2021 排放清单" in done.stdout
    assert "已写入 again" in done.stdout
    assert done.stderr == ""
    assert {path.name for path in (place / "again").iterdir()} == {"inventory.xlsx", "inventory.nc", "csv", "result"}
    manifest = json.loads((place / "again" / "result" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == "emissions inventory 2020.xlsx -o again"


def test_the_result_is_named_after_the_first_file(place: Path) -> None:
    assert (place / "2020-inventory" / "result" / "manifest.json").is_file()


def test_several_files_make_one_inventory(place: Path) -> None:
    write_workbook(place / "2022.xlsx", tuple((row[0], 2022, *row[2:]) for row in ROWS[:2]), ())
    done = emissions("inventory", "2020.xlsx", "2022.xlsx", "-o", "both", "--format", "csv", cwd=place)
    assert "2020–2022" in done.stdout


def test_problems_of_the_input_are_told_together_and_nothing_is_written(place: Path) -> None:
    done = emissions("inventory", "bad.xlsx", cwd=place)
    assert done.returncode == 2
    for part in ("bad.xlsx", "水泥熟科", "水泥熟料", "1,5", "火星", "万屯", "个错误"):
        assert part in done.stderr
    assert done.stdout == ""
    assert not (place / "bad-inventory").exists()
    assert no_traceback(done)


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("inventory", "nowhere.xlsx"), 2, "文件不存在"),
        (("inventory", "2020.xlsx", "--factors", "no-set"), 2, "没有名为“no-set”的因子集"),
        (("inventory", "2020.xlsx", "--gwp", "AR9GWP100"), 2, "没有名为“AR9GWP100”的 GWP 体系；允许："),
        (("inventory", "2020.xlsx", "--format", "pdf"), 2, "--format"),
        (("inventory", "2020.xlsx", "-o", "."), 2, "不是本程序的结果文件夹"),
        (("inventory", "2020.xlsx", "--strict", "-o", "strict"), 2, "未估算"),
        (("inventory",), 2, "缺少 FILES"),
        (("inventroy", "2020.xlsx"), 2, "没有命令 inventroy；是否为 inventory？"),
        (("inventory", "2020.xlsx", "--fromat", "csv"), 2, "没有选项 --fromat"),
        (("explain", "2020-inventory", "-c", "1A1ai", "-s", "CO3"), 2, "未知物质“CO3”"),
        (("explain", "2020-inventory", "-c", "9Z", "-s", "CO2"), 2, "未知的排放源类别“9Z”"),
        (("explain", "2020-inventory", "-c", "3A", "-s", "CO2"), 2, "结果中没有"),
        (("explain", ".", "-c", "1A", "-s", "CO2"), 2, "不是结果文件夹"),
        (("explain", "2020-inventory", "-c", "1A"), 2, "缺少 --substance"),
        (("compare", "2020-inventory", "other", "--by", "colour"), 2, "没有名为“colour”的列"),
        (("factors", "show", "no-factor"), 2, "没有编号为“no-factor”的因子"),
        (("factors", "search", "qwertz"), 2, "没有与“qwertz”相符的因子"),
        (("factors", "diff", "cn-2026.1", "no-set"), 2, "因子集"),
        (("template", "2020.xlsx", "--region", "鄂尔多斯市", "--year", "2020"), 2, "已存在"),
        (("template", "new.xlsx", "--region", "火星", "--year", "2020"), 2, "未知地区“火星”"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_in_one_line(place: Path, arguments: tuple[str, ...], code: int, text: str) -> None:
    done = emissions(*arguments, cwd=place)
    assert done.returncode == code
    assert text in done.stderr
    assert done.stdout == ""
    assert no_traceback(done)


def test_an_unexpected_error_is_short_and_full_with_debug(place: Path) -> None:
    shutil.copytree(place / "2020-inventory", place / "hurt", dirs_exist_ok=True)
    (place / "hurt" / "result" / "keys.parquet").unlink()
    done = emissions("explain", "hurt", "-c", "1A", "-s", "CO2", cwd=place, language="en")
    assert done.returncode == 2
    assert "is damaged" in done.stderr
    assert no_traceback(done)
    full = emissions("explain", "hurt", "-c", "1A", "-s", "CO2", "--debug", cwd=place, language="en")
    assert "Traceback" in full.stderr


# ---------------------------------------------------------------- check and template


def test_check_of_a_good_workbook(place: Path) -> None:
    done = emissions("check", "2020.xlsx", cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    assert "没有问题：读取 5 行" in done.stdout


def test_check_as_json(place: Path) -> None:
    done = emissions("check", "bad.xlsx", "--json", cwd=place, language="en")
    assert done.returncode == 2
    found = json.loads(done.stdout)
    assert found["errors"] == 4
    assert {problem["cell"] for problem in found["problems"]} == {"D2", "F3", "A4", "G4"}
    first = found["problems"][0]
    assert (first["code"], first["file"], first["found"], first["nearest"]) == (
        "unknown_activity",
        "bad.xlsx",
        "水泥熟科",
        "水泥熟料",
    )
    assert first["text"].startswith("bad.xlsx 数据!D2: unknown activity")


def test_check_writes_an_annotated_copy(place: Path) -> None:
    done = emissions("check", "bad.xlsx", "--annotate", "marked.xlsx", cwd=place)
    assert done.returncode == 2
    assert openpyxl.load_workbook(place / "marked.xlsx")["数据"]["D2"].comment is not None


def test_an_annotated_copy_replaces_no_file(place: Path) -> None:
    before = (place / "bad.xlsx").read_bytes()
    done = emissions("check", "bad.xlsx", "--annotate", "bad.xlsx", cwd=place)
    assert done.returncode == 2
    assert "bad.xlsx" in done.stderr + done.stdout
    assert (place / "bad.xlsx").read_bytes() == before


def test_problems_in_json_of_any_command(place: Path) -> None:
    done = emissions("explain", "2020-inventory", "-c", "1A1ai", "-s", "CO3", "--json", cwd=place)
    assert done.returncode == 2
    assert json.loads(done.stdout)["problems"][0]["code"] == "unknown_substance"


def test_template_can_be_checked_at_once(place: Path) -> None:
    assert emissions("template", "empty.xlsx", "--region", "鄂尔多斯市", "--year", "2020", cwd=place).returncode == 0
    done = emissions("check", "empty.xlsx", cwd=place)
    assert done.returncode == 2
    assert "没有数据行" in done.stdout


# ---------------------------------------------------------------- recalc


def test_recalc_computes_a_result_under_other_factors_without_its_workbook(place: Path) -> None:
    shutil.copytree(place / "2020-inventory", place / "alone" / "2020-inventory")
    done = emissions("recalc", "2020-inventory", "--factors", "ipcc-2006.1", cwd=place / "alone")
    assert done.returncode == 0
    assert "已写入 2020-inventory-ipcc-2006.1" in done.stdout
    folder = place / "alone" / "2020-inventory-ipcc-2006.1"
    assert {path.name for path in folder.iterdir()} == {"inventory.xlsx", "inventory.nc", "csv", "result"}
    other = place / "other"
    assert (folder / "csv" / "inventory.csv").read_bytes() == (other / "csv" / "inventory.csv").read_bytes()


def test_recalc_says_what_to_do_where_the_activity_data_are_not_kept(place: Path) -> None:
    shutil.copytree(place / "2020-inventory", place / "thin")
    (place / "thin" / "result" / "given.parquet").unlink()
    done = emissions("recalc", "thin", "--gwp", "AR6GWP100", cwd=place, language="en")
    assert done.returncode == 2
    assert "emissions inventory 2020.xlsx" in done.stderr
    assert not (place / "thin-AR6GWP100").exists()


# ---------------------------------------------------------------- explain and compare


def test_explain_in_words_and_as_json(place: Path) -> None:
    told = emissions(
        "explain", "2020-inventory", "--category", "1A1a", "--substance", "CO2", "--year", "2020", cwd=place
    )
    assert told.returncode == 0
    for part in ("数据!F2", "120 万吨", FACTOR, "低位发热量 × 单位热值含碳量 × 碳氧化率", "落选："):
        assert part in told.stdout
    done = emissions("explain", "2020-inventory", "-c", "1A1a", "-s", "CO2", "--largest", "1", "--json", cwd=place)
    (one,) = json.loads(done.stdout)["explanations"]
    assert one["emission"] == pytest.approx(one["quantity"] * one["implied_factor"])
    assert one["rows"][0]["cell"].startswith("F")


def test_compare_puts_the_difference_down_to_causes(place: Path) -> None:
    told = emissions("compare", "2020-inventory", "other", cwd=place, language="en")
    assert told.returncode == 0
    assert "Difference by cause" in told.stdout
    done = emissions("compare", "2020-inventory", "other", "-s", "CO2", "--by", "category", "--json", cwd=place)
    for row in json.loads(done.stdout)["differences"]:
        parts = row["quantity"] + row["factor"] + row["method"] + row["scope"]
        assert parts == pytest.approx(row["difference"], abs=1e-6)


def test_compare_by_factor_names_the_rows_and_sums_to_the_whole(place: Path) -> None:
    told = emissions("compare", "2020-inventory", "other", "--by", "factor", cwd=place, language="en")
    assert told.returncode == 0
    assert "Factor rows that changed" in told.stdout
    done = emissions("compare", "2020-inventory", "other", "-s", "co2e", "--by", "factor", "--json", cwd=place)
    parts = json.loads(done.stdout)["factors"]
    assert "ipcc2006-ncv-other-bituminous-coal" in {one["after"] for one in parts}
    whole = emissions("compare", "2020-inventory", "other", "-s", "CO2e", "--json", cwd=place)
    cells = json.loads(whole.stdout)["co2e"]
    assert sum(one["contribution"] for one in parts) == pytest.approx(sum(cell["difference"] for cell in cells))


def test_a_result_agrees_with_itself(place: Path) -> None:
    assert "两个结果相同" in emissions("compare", "2020-inventory", "2020-inventory", cwd=place).stdout


# ---------------------------------------------------------------- factors


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("list",), "cn_provincial_guide_2025"),
        (("show", FACTOR), "19.57 GJ/t"),
        (("search", "烟煤", "发热量"), "19.57"),
        (("used-by", FACTOR, "2020-inventory"), "1A1ai"),
        (("conflicts", "--parameter", "低位发热量", "--bound", "5"), "cn_enterprise_guides"),
        (("diff", "cn-2026.1", "ipcc-2006.1"), "cn_provincial_guide_2025"),
        (("diff", "cn-2026.1", "ipcc-2006.1", "--on", "2020-inventory"), "差值按成因分解"),
        (("diff", "cn-2026.1", "cn-2026.1", "--on", "2020-inventory"), "两个结果相同"),
    ],
)
def test_factors(place: Path, arguments: tuple[str, ...], part: str) -> None:
    done = emissions("factors", *arguments, cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    assert part in done.stdout


def test_a_package_is_checked_and_sealed(place: Path, root: Path) -> None:
    folder = place / "cn_guide_coal" / "2014.1"
    shutil.copytree(root / "factors" / "packages" / "cn_guide_coal" / "2014.1", folder)
    assert emissions("factors", "check", folder, cwd=place).returncode == 0
    table = folder / "factors.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("1.34,kg", "1.35,kg"), encoding="utf-8")
    done = emissions("factors", "check", folder, "--json", cwd=place)
    assert done.returncode == 2
    assert [problem["code"] for problem in json.loads(done.stdout)["problems"]] == ["package_changed"]
    assert emissions("factors", "seal", folder, cwd=place).returncode == 0
    assert emissions("factors", "check", folder, cwd=place).returncode == 0
