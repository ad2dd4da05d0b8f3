"""Seamwatch: one sourced record of armed incidents, read from what is written about them."""

__version__ = "0.1.0"
