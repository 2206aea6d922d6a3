"""What tests ask the guided search."""

from __future__ import annotations

PHONE = "電話の予約で手が離せない"
BOTH = "電話の予約で手が離せず、月末の給与計算も大変"
# The answers of who does not want to say.
END = {"industry": "any", "people": "any", "budget": "any"}
