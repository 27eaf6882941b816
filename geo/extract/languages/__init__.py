"""One folder of lexicons for each language."""
