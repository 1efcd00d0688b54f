"""The channels: each turns its own request into a Turn, and a Reply into its own answer."""
