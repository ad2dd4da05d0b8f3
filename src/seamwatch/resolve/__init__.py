"""Times, places and actors: from words to days, points and registered names."""
