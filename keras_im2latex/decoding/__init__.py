"""Greedy and beam search as graph loops."""
