# SPDX-License-Identifier: Apache-2.0
# Selects every event.
package tracee.odd_every_event

import rego.v1

__rego_metadoc__ := {"id": "ODD-every_event", "name": "Every event"}

tracee_selected_events contains {"source": "tracee", "name": "*"}

tracee_match if input.processName == "xmrig"

tracee_match if input.data.pathname == "/etc/shadow"

tracee_match if input.data.request == 0
