"""The only place where the stages are joined: sources, articles, mentions, incidents, record."""
