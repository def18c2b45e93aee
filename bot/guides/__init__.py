"""Guides: the manuals' procedures, walked one step at a time, with drawings, facts and printable pages."""
