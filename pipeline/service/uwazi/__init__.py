"""Suggestions for a Uwazi instance, by the contract of its information-extraction service."""
