"""Names of the sheets, and headings in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from emissions.report.words import Words

SHEETS = {
    "summary": {"zh": "概览", "en": "Summary"},
    "inventory": {"zh": "清单", "en": "Inventory"},
    "lines": {"zh": "来源", "en": "Lines"},
    "implied": {"zh": "隐含因子", "en": "Implied factors"},
    "factors": {"zh": "因子", "en": "Factors"},
    "coverage": {"zh": "覆盖", "en": "Coverage"},
    "notes": {"zh": "备注", "en": "Notes"},
    "manifest": {"zh": "清单元数据", "en": "Manifest"},
}
"""Sheets of the workbook in their order."""

COUNTS, MEMO, ELSEWHERE = "report.counts", "report.counts_memo", "report.counts_IE"
"""Texts that say of a line whether it is in the totals, a memo item, or counted elsewhere."""


@dataclass(frozen=True)
class Names:
    """Words of the chosen language, with the other language beside them in headings."""

    words: Words

    @property
    def other(self) -> Words:
        """Words of the language that is not the chosen one."""
        return Words("en" if self.words.language == "zh" else "zh")

    def heading(self, code: str) -> str:
        """Return a heading in both languages."""
        return f"{self.words.text(f'heading.{code}')}\n{self.other.text(f'heading.{code}')}"

    def sheet(self, name: str) -> str:
        """Return the name of a sheet."""
        return SHEETS[name][self.words.language]

    def reference(self, name: str, cell: str) -> str:
        """Return a reference to a cell of a sheet."""
        return f"'{self.sheet(name)}'!{cell}"
