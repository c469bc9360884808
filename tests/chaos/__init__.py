"""Chaos: gateways are killed while systems fail, and all that was accepted is done once."""
