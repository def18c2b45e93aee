"""The studio: support teams teach the bot new intents, see what that breaks, and put it live or take it back."""
