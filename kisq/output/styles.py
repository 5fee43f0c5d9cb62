"""Styles of rich for what a person must not overlook, on a dark and on a light background.

Yellow letters, with which others warn, cannot be read on a light one.
"""

WARNING = "bold magenta"
REMARK = "magenta"  # of whole sentences
CAUTION = "black on yellow"  # of a verdict between green and red
