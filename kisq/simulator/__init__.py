"""A KIS on loopback: approval endpoint and feed, as strict as the evidence says KIS is."""
