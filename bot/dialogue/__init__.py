"""From a turn to replies: who is it, what did they mean, which answer fits."""
