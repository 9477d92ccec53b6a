"""Scenarios: paths of activity data into the future, and what they mean for the carbon peak.

The modules that hold only mathematics take arrays or tables and give arrays or tables: ``decomposition`` and
``kaya`` (what drove a change), ``peak`` (has it peaked), ``stock`` (fleets by vintage), ``paths`` (values between
given years), ``draws`` (random paths), ``harmonise`` (meet an inventory), ``abate`` (co-control and costs).
"""

__all__: list[str] = []
