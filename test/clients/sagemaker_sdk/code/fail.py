"""A script with a mistake."""

raise ValueError("no such column: origin")
