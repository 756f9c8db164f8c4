# SPDX-License-Identifier: Apache-2.0
# Matches everything but what a rule exempts.
package tracee.odd_default_object

import rego.v1

__rego_metadoc__ := {"id": "ODD-default_object", "name": "Default object"}

tracee_selected_events contains {"source": "tracee", "name": "mount"}

default tracee_match := {"why": "mount"}

tracee_match := false if input.processName == "systemd"

tracee_match := false if input.containerId == ""
