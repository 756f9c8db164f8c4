# SPDX-License-Identifier: Apache-2.0
# Every pod that does not opt out has such a token. Sees the token being opened for reading by a
# process that is not on a list of programs that need it. Every operator and every controller of
# your own needs it too: expect findings. A process that takes a name from the list goes unseen.
package tracee.TRC_8

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-8",
	"version": "0.1.0",
	"name": "K8S Service Account Token Use Detected",
	"eventName": "k8s_service_account_token",
	"description": "A process in a container read the token of its pod's service account, which gives it the pod's rights in the cluster",
	"tags": ["linux", "container", "kubernetes"],
	"properties": {
		"Severity": 0,
		"Category": "credential-access",
		"Technique": "Exploitation for Credential Access",
		"id": "attack-pattern--9c306d8d-cde7-4b4c-b6e8-d0bb16caca36",
		"external_id": "T1212",
		"MITRE ATT&CK": "Credential Access: Exploitation for Credential Access",
		"aliases": ["TRC-108"],
		"references": [
			"https://attack.mitre.org/techniques/T1212/",
			"https://kubernetes.io/docs/concepts/security/service-accounts/",
		],
	},
}

tracee_selected_events contains {
	"source": "tracee",
	"name": "security_file_open",
	"origin": "container",
}

# The kernel keeps 15 characters of a process's name.
entitled := {
	"calico-node", "cilium-agent", "coredns", "etcd", "flanneld", "kube-apiserver",
	"kube-controller", "kube-proxy", "kube-scheduler", "kubectl", "kubelet",
}

tracee_match if {
	not input.processName in entitled
	some path in helpers.read
	contains(path, "/secrets/kubernetes.io/serviceaccount/")
	endswith(path, "/token")
}
