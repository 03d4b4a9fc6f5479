"""Commands that print figures. Nothing here is a test: speed is measured, never asserted."""
