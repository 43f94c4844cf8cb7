"""Telegram's shape: updates become turns, replies become messages. Nothing else here knows what they mean."""
