# SPDX-License-Identifier: Apache-2.0
"""What the bytes of an input can be: a stream, one of those as zstd, or Tracee's JSON lines."""
