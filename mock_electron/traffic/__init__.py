"""What happened, read back: exchanges with filters, assertions on them, and exports."""
