"""Conversation tests: read from YAML, played against the service, told in plain Spanish where they do not hold."""
