"""The help desk: what the bot cannot solve reaches a person, with everything known."""
