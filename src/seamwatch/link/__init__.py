"""Mentions of one incident become one incident; judgements are kept, clusters derived."""
