"""For people who write words: checks the content, trains the reader, builds what Alexa listens for."""
