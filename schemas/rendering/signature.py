# SPDX-License-Identifier: Apache-2.0
"""What a signature says of itself, as JSON."""

from typing import Any

from schemas.finding import SignatureMetadata


def metadata_dict(signature: SignatureMetadata) -> dict[str, Any]:
    """In Tracee's spelling."""
    return {
        "ID": signature.id,
        "Version": signature.version,
        "Name": signature.name,
        "EventName": signature.event_name,
        "Description": signature.description,
        "Tags": signature.tags,
        "Properties": signature.properties,
    }
