"""Programs: a graph ready to run in the form that suits it, listed, drawn, saved and loaded."""
