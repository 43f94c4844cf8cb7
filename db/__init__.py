"""What the bot remembers: engine, encryption, models, repositories, units of work and migrations."""
