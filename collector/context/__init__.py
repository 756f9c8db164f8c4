# SPDX-License-Identifier: Apache-2.0
"""What is known besides the events: processes, containers, and which of them are our own."""
