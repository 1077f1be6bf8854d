"""The vocabularies: what the words of the table mean on Values, arrays and text; `core.floats` says it for numbers."""
