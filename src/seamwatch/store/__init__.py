"""One Store interface, and what implements it."""
