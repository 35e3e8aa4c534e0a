"""Intake: labelled rows become items, with priority, precedents and evidence."""
