"""Calls: the arguments of a call as flat numbers, and its results in their arrangement again."""
