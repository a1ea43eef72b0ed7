"""Plots in text."""
