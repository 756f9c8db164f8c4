# SPDX-License-Identifier: Apache-2.0
"""How events and findings look: as JSON, as a table row, as text."""
