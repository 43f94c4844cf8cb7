"""What keeps the bot running: what arrives and leaves, heartbeats, counters, alerts, expiry, the key."""
