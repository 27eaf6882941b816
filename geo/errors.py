"""What went wrong, as one family of exceptions: every error of the library is a `GeoError`.

A message says where, what, and what to do next. `app.errors` maps each class to an HTTP status in one table, and the
command line prints the message and exits with status 1 (2 for `InvalidInput` and its children).
"""


class GeoError(Exception):
    """Base of every error that this library raises on purpose."""


class InvalidInput(GeoError):
    """The caller's values cannot be used: out of range, not finite, of an unknown kind."""


class UnreadableFile(InvalidInput):
    """A file is empty, binary, of a wrong encoding, or not of the format that it claims."""


class TooLarge(InvalidInput):
    """The input is larger than the limit that the operator set."""


class NotFound(GeoError):
    """There is no such event, place, layer or file (or the asker may not know that there is)."""


class Conflict(GeoError):
    """The act does not fit the state that the store is in, such as accepting a withdrawn event."""


class StoreError(GeoError):
    """The store cannot be opened, is of a newer version, or failed to write; nothing was written."""


class MissingData(GeoError):
    """A shipped or imported data file is absent or damaged."""


class TooBusy(GeoError):
    """The work would take longer than the limit, or too many others wait; try again."""
