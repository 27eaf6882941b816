"""A request in, an answer out: views parse, ask the library, and render."""
