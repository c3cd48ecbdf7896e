"""Request rates beside those of a minimal baseline, from one run (`make bench`)."""
