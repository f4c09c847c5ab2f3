"""Functional models out of the layers, and their presets."""
