"""HTTP: Telegram's webhook, health and metrics, and the model behind a port."""
