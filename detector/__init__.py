# SPDX-License-Identifier: Apache-2.0
"""From the stream to findings: evaluates signatures on events."""
