"""Texts of the help, in a static table so that help needs no data file."""

from __future__ import annotations

Text = dict[str, str]

HEADINGS: dict[str, Text] = {
    "Usage": {"zh": "用法：", "en": "Usage: "},
    "Options": {"zh": "选项", "en": "Options"},
    "Commands": {"zh": "命令", "en": "Commands"},
}

COMMANDS: dict[str, tuple[str, Text]] = {
    "template": ("template", {"zh": "生成活动水平数据填报模板", "en": "Write a workbook to fill in"}),
    "check": ("check", {"zh": "检查填报的工作簿，一次列出全部问题", "en": "Check a workbook; all problems at once"}),
    "inventory": ("inventory", {"zh": "由工作簿计算排放清单", "en": "Compute the inventory of a workbook"}),
    "explain": (
        "explain",
        {"zh": "追溯一个数：单元格、因子、公式", "en": "Trace a number to cells, factors and formula"},
    ),
    "compare": ("compare", {"zh": "比较两个结果，按成因分解差值", "en": "Compare two results by cause"}),
    "factors": ("group_factors", {"zh": "查看、检查和比较排放因子", "en": "Look at, check and compare factors"}),
}
"""Command -> module and short text."""

FACTOR_COMMANDS: dict[str, tuple[str, Text]] = {
    "list": ("factors_list", {"zh": "列出因子集中的因子包", "en": "List the packages of a factor set"}),
    "show": ("factors_show", {"zh": "查看一行因子及其用途", "en": "Show a factor, its users and rivals"}),
    "search": ("factors_search", {"zh": "按词查找因子", "en": "Find factors by words"}),
    "used-by": ("factors_used", {"zh": "某因子在一个结果中用于何处", "en": "Where a result uses a factor"}),
    "conflicts": (
        "factors_conflicts",
        {"zh": "各因子包之间取值不同的参数", "en": "Where packages give different values"},
    ),
    "check": ("factors_check", {"zh": "检查一个因子包", "en": "Check a factor package"}),
    "seal": ("factors_seal", {"zh": "封存一个因子包（写入校验值）", "en": "Seal a factor package (schema and hashes)"}),
    "diff": ("factors_diff", {"zh": "比较两个因子集", "en": "Compare two factor sets"}),
}

TEXTS: dict[str, Text] = {
    "options": {"zh": "[选项]", "en": "[OPTIONS]"},
    "subcommand": {"zh": "命令 [参数]...", "en": "COMMAND [ARGS]..."},
    "emissions": {
        "zh": "由活动水平数据编制温室气体和大气污染物排放清单，每个数都可追溯。\n\n"
        "先用 emissions template 得到模板，填好后 emissions check，再 emissions inventory。",
        "en": "Inventories of greenhouse gases and air pollutants from activity data, every number traceable.\n\n"
        "Start with: emissions template; fill it in; emissions check; emissions inventory.",
    },
    "template": {
        "zh": "生成一个空白填报模板（.xlsx）。\n\n例：emissions template 2020.xlsx --region 鄂尔多斯市 --year 2020",
        "en": "Write an empty workbook to fill in (.xlsx).\n\n"
        "Example: emissions template 2020.xlsx --region 150600 --year 2020",
    },
    "check": {
        "zh": "检查一个或多个工作簿，一次列出全部问题；不计算。有问题时退出码为 2。",
        "en": "Check workbooks and report all problems at once, computing nothing. Exit code 2 where there are any.",
    },
    "inventory": {
        "zh": "由一个或多个工作簿计算排放清单，写入结果文件夹并显示概览。\n\n例：emissions inventory 2020.xlsx -o 2020",
        "en": "Compute the inventory of one or more workbooks, write a result folder and print a summary.\n\n"
        "Example: emissions inventory 2020.xlsx -o 2020",
    },
    "explain": {
        "zh": "追溯结果中的一个数：由哪些单元格、因子和公式得来。\n\n"
        "例：emissions explain 2020-inventory --category 1A1a --substance CO2",
        "en": "Trace a number of a result: the cells, factors and formula it came from.\n\n"
        "Example: emissions explain 2020-inventory --category 1A1a --substance CO2",
    },
    "compare": {
        "zh": "比较两个结果（后减前），把差值分解为活动水平、因子、方法和范围。",
        "en": "Compare two results (second less first): the difference by activity, factors, method and scope.",
    },
    "factors": {"zh": "查看、检查和比较排放因子。", "en": "Look at, check and compare emission factors."},
    "list": {
        "zh": "列出因子集中的因子包：版本、行数、证据等级、来源。",
        "en": "List the packages of a factor set: version, rows, grades, source.",
    },
    "show": {
        "zh": "查看一行因子的全部内容、使用它的方法，以及同类的其他因子。",
        "en": "Show a whole factor row, the methods that use it and its rivals.",
    },
    "search": {
        "zh": "查找含有全部所给词语的因子（编号、活动、物质、参数、类别、来源）。",
        "en": "Find factors that hold all words (id, activity, substance, parameter, category, source).",
    },
    "used-by": {
        "zh": "列出一个结果中由某因子得出的数。",
        "en": "List the numbers of a result that come from a factor.",
    },
    "conflicts": {
        "zh": "列出各因子包对同一参数取值相差超过界限的情形。",
        "en": "List where packages differ on the same parameter by more than a bound.",
    },
    "factors check": {
        "zh": "检查一个因子包文件夹：列、词、单位、取值范围、重复、校验值。",
        "en": "Check a package folder: columns, words, units, ranges, ties, hashes.",
    },
    "seal": {
        "zh": "由因子包文件夹中的表重写 datapackage.json 的结构和校验值。",
        "en": "Rewrite schema and hashes in datapackage.json from the tables of a package folder.",
    },
    "diff": {
        "zh": "比较两个因子集：增加、删除和改变的因子；用 --on 看对一个结果的影响。",
        "en": "Compare two factor sets: rows added, removed, changed; with --on, what it does to a result.",
    },
}

OPTIONS: dict[str, Text] = {
    "help": {"zh": "显示帮助", "en": "Show this help."},
    "version": {"zh": "显示版本", "en": "Show the version."},
    "lang": {
        "zh": "语言（缺省取环境变量 EMISSIONS_LANG 或系统语言）",
        "en": "Language (else EMISSIONS_LANG or the locale).",
    },
    "debug": {"zh": "出错时显示完整的调用过程", "en": "Show the traceback of an unexpected error."},
    "out": {"zh": "结果文件夹（缺省为“文件名-inventory”）", "en": "Result folder (default: <file>-inventory)."},
    "factors": {"zh": "因子集名称或文件", "en": "Factor set, by name or file."},
    "gwp": {"zh": "GWP 体系，如 AR5GWP100、AR6GWP100", "en": "GWP metric such as AR5GWP100 or AR6GWP100."},
    "format": {
        "zh": "输出格式，逗号分隔：xlsx,csv,parquet,netcdf",
        "en": "Formats, comma separated: xlsx,csv,parquet,netcdf.",
    },
    "strict": {"zh": "有未估算项即报错", "en": "Fail if anything is not estimated."},
    "region": {"zh": "地区（名称或代码）", "en": "Region, by name or code."},
    "year": {"zh": "年份", "en": "Year."},
    "region_given": {"zh": "未注明地区的行所属的地区", "en": "Region of rows that state none."},
    "year_given": {"zh": "未注明年份的行所属的年份", "en": "Year of rows that state none."},
    "json": {"zh": "以 JSON 输出", "en": "Print JSON."},
    "annotate": {
        "zh": "写一份带批注的副本，问题标在单元格上",
        "en": "Write a copy with every problem as a comment on its cell.",
    },
    "category": {"zh": "类别，如 1A1a", "en": "Category such as 1A1a."},
    "substance": {"zh": "物质，如 CO2、SO2", "en": "Substance such as CO2 or SO2."},
    "largest": {"zh": "显示最大的几条", "en": "How many lines, largest first."},
    "by": {
        "zh": "按哪些列比较，逗号分隔，如 category,activity",
        "en": "Columns to compare by, comma separated, such as category,activity.",
    },
    "roll": {"zh": "以去年的工作簿为底稿", "en": "Start from last year's workbook."},
    "parameter": {"zh": "只看这个参数", "en": "Only this parameter."},
    "bound": {"zh": "相差超过此百分数才列出", "en": "List differences above this percentage."},
    "on": {
        "zh": "用第二个因子集重算这个结果并比较",
        "en": "Compute this result again under the second set and compare.",
    },
    "limit": {"zh": "最多显示的条数", "en": "How many to show at most."},
}
