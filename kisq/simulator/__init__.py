"""A KIS on loopback: approval endpoint and feed, as strict as KIS is known to be."""
