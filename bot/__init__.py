"""Ventanilla: a Spanish-speaking help desk for procurement platforms."""

__version__ = "0.1.0"
