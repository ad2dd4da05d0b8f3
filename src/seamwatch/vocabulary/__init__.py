"""The field's codes as enums, and the lexicons and registers as YAML files."""
