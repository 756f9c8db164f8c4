# SPDX-License-Identifier: Apache-2.0
"""What crosses a boundary: event catalogue, stream, Event and Finding. Imports neither process."""
