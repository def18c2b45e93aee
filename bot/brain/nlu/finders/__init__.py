"""Finders of data in free text, one kind of data a module. Pure: prepared text in, findings out."""
