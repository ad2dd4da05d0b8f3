"""Files, folders, pages and feeds become raw articles."""
