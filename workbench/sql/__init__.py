"""SQL as text: quoting, tokens, result transforms, the editor's tokens. No engine."""
