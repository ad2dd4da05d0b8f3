"""Parties, charter, release rules, exchange, requests and audit: rules without a database or a network."""
