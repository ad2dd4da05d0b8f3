"""The frozen types that the stages meet through. No behaviour beyond what the types mean."""
