"""The frame around pages: view stack, routes, status, lifecycle, theme."""
