"""The Alexa channel: requests of the Alexa Skills Kit → Turns, Replies → responses."""
