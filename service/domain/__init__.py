"""The pure core: events, states and decisions; standard library and msgspec only, no clock, no input or output."""
