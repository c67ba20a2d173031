"""The HTTP server: reads requests from sockets and sends the answers that a lane decides on."""
