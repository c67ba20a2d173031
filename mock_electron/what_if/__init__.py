"""The same requests in another world: re-executed by the engine on a virtual clock."""
