# SPDX-License-Identifier: Apache-2.0
"""How many examples a property gets where each of them takes a collector of its own."""

from hypothesis import HealthCheck, Phase, settings

#: not made smaller either: what fails says which policy it was, and of what
FEW = settings(
    max_examples=5,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
