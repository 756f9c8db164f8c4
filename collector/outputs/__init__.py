# SPDX-License-Identifier: Apache-2.0
"""Where the stream goes."""
