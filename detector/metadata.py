# SPDX-License-Identifier: Apache-2.0
"""What a signature's file says of it, in the words of Tracee's rules (`__rego_metadoc__`)."""

from typing import Any

import msgspec

from detector.signature import event_name
from schemas.finding import SignatureMetadata


class Metadata(msgspec.Struct, rename="camel"):
    """As it is written: the event name may be missing."""

    id: str
    name: str
    version: str = ""
    event_name: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    properties: dict[str, Any] = {}

    def completed(self) -> SignatureMetadata:
        """With the event name that its name gives where it has none."""
        return SignatureMetadata(
            id=self.id,
            name=self.name,
            version=self.version,
            event_name=self.event_name or event_name(self.name),
            description=self.description,
            tags=self.tags,
            properties=self.properties,
        )
