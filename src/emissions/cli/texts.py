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
    "recalc": (
        "recalc",
        {"zh": "用另一因子集或 GWP 重算已有结果，不再读输入", "en": "Compute a result under other factors or GWPs"},
    ),
    "explain": (
        "explain",
        {"zh": "追溯一个数：单元格、因子、公式", "en": "Trace a number to cells, factors and formula"},
    ),
    "compare": ("compare", {"zh": "比较两个结果，按成因分解差值", "en": "Compare two results by cause"}),
    "uncertainty": (
        "uncertainty",
        {
            "zh": "由因子和数据的上下限得出合计的不确定性区间",
            "en": "Bands of totals from the bounds of factors and data",
        },
    ),
    "bench": (
        "bench",
        {"zh": "在本机测量速度，可与其他工具并排", "en": "Measure how fast it is here, beside other tools"},
    ),
    "factors": ("group_factors", {"zh": "查看、检查和比较排放因子", "en": "Look at, check and compare factors"}),
    "scenario": (
        "group_scenario",
        {"zh": "情景：通往碳达峰的路径，与规划目标对照", "en": "Paths to the carbon peak, held against the plans"},
    ),
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

SCENARIO_COMMANDS: dict[str, tuple[str, Text]] = {
    "new": ("scenario_new", {"zh": "生成一个带说明的情景文件", "en": "Write a scenario file with explanations"}),
    "check": (
        "scenario_check",
        {"zh": "检查情景文件，一次列出全部问题", "en": "Check a scenario file; all problems at once"},
    ),
    "run": ("scenario_run", {"zh": "计算一个情景：路径、达峰、目标", "en": "Compute a scenario: paths, peak, targets"}),
    "compare": ("scenario_compare", {"zh": "并排比较几个情景", "en": "Scenarios side by side"}),
    "gap": ("scenario_gap", {"zh": "情景与目标的差距", "en": "How far a scenario misses its targets"}),
    "solve": ("scenario_solve", {"zh": "求达到目标所需的力度", "en": "How far a lever must go to meet a target"}),
    "decompose": ("scenario_decompose", {"zh": "分解二氧化碳变化的成因", "en": "What drove a change of CO2"}),
    "targets": (
        "scenario_targets",
        {"zh": "规划目标的完成情况，附原文", "en": "Status of the plans' targets, with quotes"},
    ),
    "export": ("scenario_export", {"zh": "导出为其他模型可读的表", "en": "Export for other models (IAMC)"}),
}

TEXTS: dict[str, Text] = {
    "options": {"zh": "[选项]", "en": "[OPTIONS]"},
    "interrupted": {
        "zh": "已中断；原有的结果保持不变",
        "en": "interrupted; what was there before is unchanged",
    },
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
        "zh": "由一个或多个文件计算排放清单，写入结果文件夹并显示概览。FILE 是文件，或加引号的通配符，"
        "如 'data/**/*.parquet'。\n\n"
        "Parquet、Feather、Arrow 文件总是分块扫描（内存占用与行数无关，不合规的行剔除并计数）；"
        "文本文件（CSV）在通配符对应多个文件或给出 --threads、--scheduler、--key、--rows 时扫描；"
        "有工作簿（xlsx）时全部整读。\n\n"
        "例：emissions inventory 2020.xlsx -o 2020",
        "en": "Compute the inventory of one or more files, write a result folder and print a summary. FILE is a file "
        "or a pattern in quotes such as 'data/**/*.parquet'.\n\n"
        "Parquet, Feather and Arrow files are always scanned: read in pieces, in memory that does not grow with the "
        "rows, bad rows set apart and counted. Text files (CSV) are scanned where a pattern names several or with "
        "--threads, --scheduler, --key or --rows. With a workbook (xlsx) among the files all are read whole.\n\n"
        "Example: emissions inventory 2020.xlsx -o 2020",
    },
    "recalc": {
        "zh": "用另一个因子集或 GWP 体系重算一个结果，只用结果文件夹中保存的活动水平数据，不再读输入文件；"
        "输出与 emissions inventory 相同。\n\n例：emissions recalc 2020-inventory --factors ipcc-2006.1",
        "en": "Compute a result again under another factor set or GWP metric, from the activity data its folder keeps; "
        "the input files are not read. The output is that of emissions inventory.\n\n"
        "Example: emissions recalc 2020-inventory --factors ipcc-2006.1",
    },
    "explain": {
        "zh": "追溯结果中的一个数：由哪些单元格、因子和公式得来。\n\n"
        "例：emissions explain 2020-inventory --category 1A1a --substance CO2",
        "en": "Trace a number of a result: the cells, factors and formula it came from.\n\n"
        "Example: emissions explain 2020-inventory --category 1A1a --substance CO2",
    },
    "compare": {
        "zh": "比较两个结果（后减前），把差值分解为活动水平、因子、GWP（二氧化碳当量）、方法和范围；"
        "--by factor 列出改变了的因子行及各自的贡献。",
        "en": "Compare two results (second less first): the difference by activity, factors, GWPs (CO2e), method and "
        "scope; --by factor lists the factor rows that changed and what each contributes.",
    },
    "uncertainty": {
        "zh": "合计的不确定性区间：同一行因子在一次抽样中只取一个值，用于所有引用它的来源；没有上下限的因子不变动，"
        "并说明其份额。\n\n例：emissions uncertainty 2020-inventory --by year,substance",
        "en": "Bands of totals: a factor row is drawn once for all that uses it; what has no stated bounds does not "
        "move, and its share is said.\n\nExample: emissions uncertainty 2020-inventory --by year,substance",
    },
    "bench": {
        "zh": "在本机测量：生成固定种子的活动水平数据，分阶段和从头到尾计时，以只读取各列所需时间的倍数表示；"
        "--peers 让其他工具在同样的数据上做同样的合计（不作检查）并核对结果。\n\n"
        "例：emissions bench --size 1e7 --peers",
        "en": "Measure on this machine: seeded activity data, seconds by stage and end to end as multiples of reading "
        "the columns alone; --peers lets other tools make the same totals of the same data (without any check) and "
        "holds their results against ours.\n\nExample: emissions bench --size 1e7 --peers",
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
    "scenario": {
        "zh": "情景：在基准年清单上修改活动水平，逐年计算温室气体和大气污染物，与规划目标对照。\n\n"
        "FILE 是情景文件（.yaml）或随程序提供的情景编号，如 nm-s2-plan。",
        "en": "Scenarios revise the activity data of a base year; greenhouse gases and air pollutants of every year "
        "come out together and are held against the plans.\n\n"
        "FILE is a scenario file (.yaml) or the id of a shipped scenario such as nm-s2-plan.",
    },
    "scenario new": {
        "zh": "生成一个带说明的情景文件。\n\n"
        "例：emissions scenario new 我的情景.yaml --region 150600 --year 2020 --to 2035",
        "en": "Write a scenario file with explanations.\n\n"
        "Example: emissions scenario new mine.yaml --region 150600 --year 2020 --to 2035",
    },
    "scenario check": {
        "zh": "检查情景文件：形式、单位、来源、年份、份额、目标，以及不合常理之处。有错误时退出码为 2。",
        "en": "Check scenario files: form, units, sources, years, shares, targets, and what is implausible. Exit code "
        "2 where there are errors.",
    },
    "scenario run": {
        "zh": "计算一个情景，显示路径、是否达峰、目标完成情况、口径衔接和各项措施的作用；用 -o 写入文件夹。\n\n"
        "例：emissions scenario run nm-s2-plan -o nm-s2",
        "en": "Compute a scenario and show paths, peak, targets, bridge of the boundaries, what moved; -o writes "
        "files.\n\nExample: emissions scenario run nm-s2-plan -o nm-s2",
    },
    "scenario compare": {
        "zh": "并排比较几个情景：峰值年、平台、判断、累计排放、水平、目标、措施及其贡献。\n\n"
        "例：emissions scenario compare nm-s1-current nm-s2-plan nm-s3-deep",
        "en": "Scenarios side by side: peak year, plateau, verdict, cumulative emissions, levels, targets, measures "
        "and what each contributes.\n\nExample: emissions scenario compare nm-s1-current nm-s2-plan nm-s3-deep",
    },
    "scenario gap": {
        "zh": "列出情景未达到的目标和差距。",
        "en": "List the targets that scenarios miss, and by how much.",
    },
    "scenario solve": {
        "zh": "求一条路径要改到什么程度才能达到目标；缺省用情景文件的 solve 一节。\n\n"
        "例：emissions scenario solve nm-s1-current --lever coal_share --target nm-coal-share-2025 "
        "--after 2020 --low 0.8 --high 1",
        "en": "Find how far a path must go to meet a target; the section solve of the file unless options say "
        "otherwise.\n\nExample: emissions scenario solve nm-s1-current --lever coal_share --target nm-coal-share-2025 "
        "--after 2020 --low 0.8 --high 1",
    },
    "scenario decompose": {
        "zh": "把二氧化碳的变化分解为人口、产值、能源强度、化石占比、碳强度（LMDI），并给出残差和 Tapio 状态：\n"
        "一个情景的两年之间（--from、--to），或两个情景的同一年（--year）。",
        "en": "Decompose a change of CO2 into population, GDP, energy per GDP, fossil share, carbon (LMDI), with "
        "residual and Tapio state: between two years of a scenario (--from, --to), or two scenarios in one (--year).",
    },
    "scenario targets": {
        "zh": "规划目标的完成情况，附原文。FILE 是情景、清单结果文件夹或工作簿；--ex-post 用已公布的实际数值。\n\n"
        "例：emissions scenario targets --region 150000 --ex-post --year 2025",
        "en": "Status of the plans' targets with their quotes. FILE is a scenario, a result folder or a workbook; "
        "--ex-post takes observed values.\n\nExample: emissions scenario targets --region 150000 --ex-post --year 2025",
    },
    "scenario export": {
        "zh": "把情景导出为 IAMC 格式的 CSV（pyam 等可读）；不给 -o 时写到标准输出。",
        "en": "Export scenarios as IAMC CSV (pyam and others read it); to standard output without -o.",
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
    "recalc_factors": {
        "zh": "因子集名称或文件（缺省为该结果所用的）",
        "en": "Factor set, by name or file (default: that of the result).",
    },
    "recalc_gwp": {
        "zh": "GWP 体系，如 AR6GWP100（缺省为该结果所用的）",
        "en": "GWP metric such as AR6GWP100 (default: that of the result).",
    },
    "recalc_out": {
        "zh": "结果文件夹（缺省为“结果名-因子集”）",
        "en": "Result folder (default: <result>-<set>).",
    },
    "gwp": {"zh": "GWP 体系，如 AR5GWP100、AR6GWP100", "en": "GWP metric such as AR5GWP100 or AR6GWP100."},
    "format": {
        "zh": "输出格式，逗号分隔：xlsx,csv,parquet,netcdf",
        "en": "Formats, comma separated: xlsx,csv,parquet,netcdf.",
    },
    "strict": {"zh": "有未估算项即报错", "en": "Fail if anything is not estimated."},
    "strict_rows": {
        "zh": "有未估算项即报错；扫描时有不合规的行也报错，而不是剔除",
        "en": "Fail if anything is not estimated, and in a scan if any row is bad instead of setting it apart.",
    },
    "totals_by": {
        "zh": "另按这些列汇总，如 region,category,year，显示并写入 totals.csv",
        "en": "Totals by these columns too, such as region,category,year: printed and in totals.csv.",
    },
    "threads": {
        "zh": "扫描用的线程数（缺省为处理器数）；结果与线程数无关",
        "en": "Threads of a scan (default: processors); the result has the same bits for any number.",
    },
    "scheduler": {
        "zh": "用 Dask 扫描：local 为本机多进程，或调度器地址 tcp://主机:端口",
        "en": "Scan with Dask: local for processes of this machine, or the address of a scheduler.",
    },
    "row_key": {
        "zh": "合起来标识一行的列，如 facility,year,activity；扫描时重复的行剔除",
        "en": "Columns that together name a row, such as facility,year,activity; a scan sets repeated rows apart.",
    },
    "rows": {
        "zh": "写出逐行排放（rows 文件夹）：view 为活动数据加因子编号和视图（缺省），full 为每种物质一列",
        "en": "Write emissions by row (folder rows): view (default) is the activity data with factor ids and a "
        "view that joins them, full a column a substance.",
    },
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
        "zh": "按哪些列比较，逗号分隔，如 category,activity；或 factor（因子行）",
        "en": "Columns to compare by, comma separated, such as category,activity; or factor (factor rows).",
    },
    "roll": {"zh": "以去年的工作簿为底稿", "en": "Start from last year's workbook."},
    "parameter": {"zh": "只看这个参数", "en": "Only this parameter."},
    "bound": {"zh": "相差超过此百分数才列出", "en": "List differences above this percentage."},
    "on": {
        "zh": "用第二个因子集重算这个结果并比较",
        "en": "Compute this result again under the second set and compare.",
    },
    "limit_factors": {"zh": "最多显示的因子行数", "en": "How many factor rows to show at most."},
    "limit": {"zh": "最多显示的条数", "en": "How many to show at most."},
    "scenario_out": {"zh": "把结果写入这个文件夹", "en": "Write the results into this folder."},
    "scenario_factors": {
        "zh": "因子集名称或文件（缺省用情景文件所写的）",
        "en": "Factor set, by name or file (default: that of the scenario file).",
    },
    "strict_targets": {"zh": "有目标未达到时退出码为 1", "en": "Exit code 1 where a target is missed."},
    "strict_year": {"zh": "“2030年前”按 2029 年及以前理解", "en": "Read before 2030 as 2029 at the latest."},
    "runs": {"zh": "随机模拟的次数", "en": "Number of runs of the draws."},
    "seed": {"zh": "随机模拟的种子", "en": "Seed of the draws."},
    "draws": {
        "zh": "按情景文件的 uncertainty 一节作随机模拟",
        "en": "Draw as the section uncertainty of the file says.",
    },
    "substances": {"zh": "表中显示的物质，可重复给出", "en": "Substance of the tables; may be given again."},
    "png": {
        "zh": "同时写出 PNG 图（需要 pip install 'emissions[png]'）",
        "en": "Write the chart as PNG too (needs pip install 'emissions[png]').",
    },
    "weights": {
        "zh": "各物质的当量权重（CSV：substance,weight,unit,source）；程序不附带权重",
        "en": "Weights of substances for equivalents (CSV: substance,weight,unit,source); none are shipped.",
    },
    "model": {"zh": "IAMC 表中的模型名", "en": "Name of the model in the IAMC table."},
    "iamc": {"zh": "导出格式", "en": "Format of the export."},
    "export_out": {"zh": "写入的文件", "en": "File to write."},
    "title": {"zh": "情景标题", "en": "Title of the scenario."},
    "activity": {
        "zh": "基准年工作簿（相对情景文件的路径）",
        "en": "Workbook of the base year, as a path from the folder of the file.",
    },
    "base_year": {"zh": "基准年", "en": "Base year."},
    "end_year": {"zh": "最后一年", "en": "Last year."},
    "from_year": {"zh": "起始年（缺省为基准年）", "en": "First year (default: the base year)."},
    "to_year": {"zh": "终止年（缺省为最后一年）", "en": "Second year (default: the last one)."},
    "compare_year": {"zh": "比较两个情景的年份", "en": "Year in which two scenarios are compared."},
    "evaluation_year": {
        "zh": "评价年份，如 2023（中期）、2025（终期）；缺省按各目标的目标年",
        "en": "Year of the evaluation, such as 2023 (mid-term) or 2025 (final); default: each target in its own year.",
    },
    "ex_post": {"zh": "用已公布的实际数值评价", "en": "Evaluate from observed values."},
    "no_quotes": {"zh": "不显示原文", "en": "Leave the quotes out."},
    "lever": {"zh": "要改变的路径，如 coal_share", "en": "Path to change, such as coal_share."},
    "target": {"zh": "要达到的目标编号", "en": "Id of the target to meet."},
    "solve_indicator": {"zh": "要达到的指标（代替 --target）", "en": "Indicator to reach (in place of --target)."},
    "comparator": {"zh": "比较符号", "en": "Comparator."},
    "value": {"zh": "指标要达到的值", "en": "Value the indicator must reach."},
    "after": {"zh": "只改变这一年之后的值", "en": "Change the path after this year only."},
    "low": {"zh": "最小倍数", "en": "Smallest factor."},
    "high": {"zh": "最大倍数", "en": "Largest factor."},
    "bands_by": {
        "zh": "按哪些列合计，逗号分隔，如 category,year,substance",
        "en": "Columns of the totals, comma separated, such as category,year,substance.",
    },
    "bands_draws": {"zh": "抽样次数", "en": "Number of draws."},
    "bands_out": {"zh": "写入此文件（.csv 或 .xlsx）", "en": "Write to this file (.csv or .xlsx)."},
    "level": {
        "zh": "未注明置信水平的上下限按此处理",
        "en": "Level of bounds that state none.",
    },
    "roll_up": {"zh": "同时给出上级类别", "en": "Give the categories above too."},
    "bench_size": {
        "zh": "行数，如 1e7；可重复给出，一次运行比较几种规模",
        "en": "Number of rows such as 1e7; may be given again, to measure several sizes in one run.",
    },
    "bench_cells": {
        "zh": "行所分布的单元数（地区、年份、类别、燃料的组合）",
        "en": "Cells the rows are spread over: combinations of region, year, category and fuel.",
    },
    "bench_peers": {
        "zh": "同时运行 pandas、DuckDB、polars 等已安装的工具",
        "en": "Run pandas, DuckDB, polars and what else is installed beside it.",
    },
    "bench_duplicates": {
        "zh": "另写一份每行带名称的数据，测量查找重复行的代价",
        "en": "Measure what looking for duplicates costs, on a second file whose rows have names.",
    },
    "bench_repeats": {"zh": "轮数", "en": "Number of rounds."},
    "bench_seed": {"zh": "数据的种子", "en": "Seed of the data."},
    "bench_kernel": {"zh": "本程序用什么按行求和", "en": "What adds rows on our sides (not given: by size)."},
    "bench_json": {"zh": "把全部数字写入此文件", "en": "Write all figures to this file."},
    "bench_keep": {"zh": "把数据放在此文件夹并保留", "en": "Put the data into this folder and keep them."},
    "bench_markdown": {"zh": "以 Markdown 表输出", "en": "Print Markdown tables."},
    "solved_out": {"zh": "把求得的情景写成文件", "en": "Write the scenario so solved to a file."},
}
