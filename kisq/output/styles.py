"""Styles of rich for what a person must not overlook, on a dark and on a light background.

Yellow, which others warn with, cannot be read on a light one.
"""

WARNING = "bold magenta"
REMARK = "magenta"  # of whole sentences
