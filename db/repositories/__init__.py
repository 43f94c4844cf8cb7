"""One small class per table or two: they add and query, and never commit."""
