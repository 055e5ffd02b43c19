"""What would fit? Values of a schema: believable, always valid, the same for the same seed."""
