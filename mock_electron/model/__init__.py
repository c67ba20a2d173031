"""The pocket model: from a ChatRequest and Dice to a Reply, without state, clock or I/O."""
