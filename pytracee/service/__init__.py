# SPDX-License-Identifier: Apache-2.0
"""What both processes need to run: errors and notices, children, peers, metrics and health."""
