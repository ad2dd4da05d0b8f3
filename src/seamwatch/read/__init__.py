"""Raw articles become articles: main text, title, date, language."""
