"""Callbacks: who watches a training, and what they do at its moments."""
