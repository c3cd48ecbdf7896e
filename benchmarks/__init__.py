"""Rates beside their floor, from one run (`make bench`)."""
