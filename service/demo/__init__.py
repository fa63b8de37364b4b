"""The demo: a real invoice history, moved to today and posted through the public API as an ERP and its people would."""
