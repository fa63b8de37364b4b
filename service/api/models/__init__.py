"""The shapes of the wire: what may be asked, strictly; what is answered, with examples; both published as OpenAPI."""
