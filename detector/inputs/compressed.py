# SPDX-License-Identifier: Apache-2.0
"""zstd (RFC 8878), as it comes: one frame after the other, decompressed piece by piece."""

from collections.abc import Iterator

import zstandard

from schemas.stream.parser import StreamError

MAGIC = b"\x28\xb5\x2f\xfd"
_WINDOW = 128 << 20  # bytes; what `zstd` itself decompresses without being asked twice
_PIECE = 1 << 10  # bytes at a time: of zeros, each may become 30,000


class Decompressor:
    def __init__(self) -> None:
        self.offset = 0  # of the compressed bytes that are used
        self._context = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        self._frame = self._context.decompressobj()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What that becomes. Raises StreamError at the piece that is damaged."""
        for at in range(0, len(data), _PIECE):
            piece = data[at : at + _PIECE]
            while piece:
                if self._frame.eof:
                    self._frame = self._context.decompressobj()
                try:
                    out = self._frame.decompress(piece)
                except zstandard.ZstdError as error:
                    raise StreamError(self.offset, f"damaged zstd data: {error}") from None
                rest = self._frame.unused_data if self._frame.eof else b""
                self.offset += len(piece) - len(rest)
                piece = rest
                if out:
                    yield out

    def finish(self) -> None:
        """Raises StreamError if the last frame is not whole."""
        if not self._frame.eof:
            raise StreamError(self.offset, "the zstd data was cut inside a frame")
