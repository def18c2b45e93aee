"""Clean drawings of a platform's screens, made from a short description in the guide's YAML."""
