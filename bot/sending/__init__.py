"""The one budget of messages that everything the bot sends draws on."""
