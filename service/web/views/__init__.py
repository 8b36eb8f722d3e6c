"""From stored documents to what a template shows: pure functions, one module per page."""
