"""Floor 3: the shell. Bytes come in from a socket, and answers are played."""
