"""Dunlog: invoices become cases, and cases get paid."""
