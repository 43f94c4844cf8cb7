"""Measurements that a person starts; nothing here runs in a test or in the bot."""
