"""Recordings: reader, replay, writer, compression."""
