# SPDX-License-Identifier: Apache-2.0
"""Our own signatures in Python: those that need a memory."""
