"""From an article with its times, places and actors marked to the incidents it tells."""
