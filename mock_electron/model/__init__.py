"""Floor 1: the pocket model. ChatRequest and Dice go in, a Reply comes out. Pure."""
