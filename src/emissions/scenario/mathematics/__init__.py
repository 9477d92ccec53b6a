"""Mathematics of scenarios: arrays or tables in, arrays or tables out; nothing here knows a file or an inventory."""
