# SPDX-License-Identifier: Apache-2.0
"""`--output`: what of a stream is shown, in which form, and where to."""
