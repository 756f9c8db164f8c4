# SPDX-License-Identifier: Apache-2.0
"""The embedded Open Policy Agent: its binary, its child process and what it is asked."""
