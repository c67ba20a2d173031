"""The endpoint as an OpenAPI 3.1 document, its request made from the schema that validates it."""

from mock_electron.wire.openapi.document import document

__all__ = ["document"]
