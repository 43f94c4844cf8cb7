"""What the bot says: vetted answers, laws, cases and guides in YAML, and the library that loads and checks them."""
