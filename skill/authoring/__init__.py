"""For people who write words: reading and checking the content, training the reader, building what Alexa listens for."""
