"""What the bot does: dialogue, people and rights, Telegram, the terminal, the command line."""
