"""News text and data sets in, placed events on the Kosovo–Serbia border out."""

__version__ = "0.1.0"
