"""What the bot understands: training data, our Rasa graph components, training, evaluation, the interpreter."""
