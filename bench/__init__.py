"""Measurements of the whole service. ``make bench`` prints tables; nothing here asserts."""
