# SPDX-License-Identifier: Apache-2.0
"""What the user asks for: which events, and whose."""
