"""The exceptions of Seamwatch. Each message says what is wrong, where, and what to do."""

from __future__ import annotations


class SeamwatchError(Exception):
    """Broken input, configuration or store. `code` is the stable word that JSON errors carry."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code

    def as_json(self) -> dict[str, str]:
        """Return the one error shape: `{"code": ..., "message": ...}`."""
        return {"code": self.code, "message": str(self)}


class InputError(SeamwatchError):
    """An article, a line or a file that can't be read."""

    code = "bad_input"


class ShapeError(InputError):
    """JSON that does not have the shape of the contract."""

    code = "bad_shape"


class FieldError(ShapeError):
    """A form whose `field` has a value that can't be."""

    code = "bad_value"

    def __init__(self, message: str, *, field: str, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field


class FetchError(InputError):
    """A URL or feed that can't be fetched."""

    code = "fetch_failed"


REFUSED = "the party refuses us"
"""How the message of an error begins where another party does not take our requests."""


class PartedError(FetchError):
    """Another party says that we take part no longer; `papers` are the signed ones that say so, as JSON."""

    code = "not_party"

    def __init__(self, message: str, papers: object) -> None:
        super().__init__(message)
        self.papers = papers


class VocabularyError(SeamwatchError):
    """A lexicon or register that breaks its schema."""

    code = "bad_vocabulary"


class StoreError(SeamwatchError):
    """A database that can't be opened, read or written."""

    code = "store_failed"


class UnknownIdError(SeamwatchError):
    """An id that no incident, article or area has."""

    code = "unknown_id"
