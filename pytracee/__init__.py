# SPDX-License-Identifier: Apache-2.0
"""What both processes need at run time, and the front end that starts them together."""
