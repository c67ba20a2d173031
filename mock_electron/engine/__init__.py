"""One lane's state and the decision on each request. Synchronous, without a network."""
