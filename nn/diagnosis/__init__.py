"""Diagnosis: why a network learns badly."""
