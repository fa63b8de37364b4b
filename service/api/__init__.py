"""HTTP: what comes in is checked here, what goes out is worded here; everything in between belongs to the engine."""
