"""Data set as pages: PDF to keep and to send, PNG to look at. The pages' looks are templates beside this room's code."""
