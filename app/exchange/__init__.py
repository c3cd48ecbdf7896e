"""What leaves and enters in one piece: official forms, long jobs, imports, webhooks."""
