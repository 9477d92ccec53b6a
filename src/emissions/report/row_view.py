"""What stands beside the part files of emissions by row: a view in SQL and how to use them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import Template

FACTORS = "factors.parquet"
PARTS = "parts.csv"
VIEW = "emissions.sql"
READ_ME = "README.md"
FACTOR = "factor"
"""Column of the number of a row's implied factors."""

_PARTS_READ = "read_parquet('part-*.parquet', union_by_name = true)"
_VIEWS = {
    True: Template("""-- duckdb, in this folder; emissions in t
CREATE OR REPLACE VIEW emissions AS SELECT * FROM $parts;
"""),
    False: Template("""-- duckdb, in this folder; emissions in t
CREATE OR REPLACE VIEW emissions AS SELECT r.*$columns
FROM $parts AS r LEFT JOIN '$factors' AS f USING ($factor);
"""),
}
_TEXT = Template("""# 逐行排放 / Emissions by row

`part-*.parquet`：活动数据的各列（列名为本程序的字段名）和 `$factor`：因子编号；
空为剔除或未采用的行，原因见上一级文件夹的 `refused.parquet`。
`$factors`：每个编号的单位排放量（吨/每单位数量）。`$names`：每个分文件对应的原文件、首行行号和未计的行数。
排放量 = 数量的绝对值 × 单位排放量。

`part-*.parquet`: the columns of the activity data under the names of this program, and `$factor`, the number of the
row's implied factors; null where a row was set apart or not used (see `refused.parquet` in the folder above).
`$factors`: t per unit of quantity by number. `$names`: file, first row and rows not counted of each part.
Emission = absolute quantity x factor.

```sql
.read $view
SELECT year, sum("$main") FROM emissions GROUP BY ALL;
```

```python
import pandas as pd
factors = pd.read_parquet("$factors").set_index("$factor")
rows = pd.read_parquet("part-00000.parquet")
$expression.sum()
```
""")


def write_view(folder: Path, substances: Sequence[str], *, full: bool) -> None:
    """Write the view and the text on how to use the files.

    Parameters
    ----------
    full
        The part files have a column a substance; else the view multiplies.
    """
    columns = "".join(f',\n  abs(r.quantity) * f."{name}" AS "{name}"' for name in substances)
    names = {"parts": _PARTS_READ, "columns": columns, "factors": FACTORS, "factor": FACTOR}
    (folder / VIEW).write_text(_VIEWS[full].substitute(names), encoding="utf-8")
    main = substances[0] if substances else "CO2"
    expression = f'rows["{main}"]' if full else f'(rows["quantity"].abs() * rows["{FACTOR}"].map(factors["{main}"]))'
    names |= {"names": PARTS, "view": VIEW, "main": main, "expression": expression}
    (folder / READ_ME).write_text(_TEXT.substitute(names), encoding="utf-8")
