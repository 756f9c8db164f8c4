# SPDX-License-Identifier: Apache-2.0
"""Which events a signature can match at all, found out without asking OPA.

OPA evaluates a signature partially, with the event unknown, and what is left of it (`residual`) is
said in Python as far as that goes (`translate` → `condition`); all signatures of an event then
become one function over the values of a record (`source`, `predicate`). It may only ever save
work: whatever is not understood, fails or is not certain counts as "may match".
"""
