"""The joint coordination centre: one party's node, and all that it does on its store."""
