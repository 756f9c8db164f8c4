# SPDX-License-Identifier: Apache-2.0
"""Where findings and events go."""
