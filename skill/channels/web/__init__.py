"""The pages in a browser, and the Alexa endpoint, on a server of one's own."""
