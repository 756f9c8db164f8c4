# SPDX-License-Identifier: Apache-2.0
"""What both processes need to run as a service: errors, children."""
