"""What each subcommand of ``ventanilla`` does."""
