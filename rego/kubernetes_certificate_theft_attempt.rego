# SPDX-License-Identifier: Apache-2.0
# Who has these keys is the cluster's administrator. Sees files of kubeadm's directory being opened
# for reading by a process other than the control plane's, and being moved out of it by any. Does
# not see other directories, nor a thief who takes a name from the list.
package tracee.TRC_10

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-10",
	"version": "0.1.0",
	"name": "K8S TLS Certificate Theft Detected",
	"eventName": "k8s_cert_theft",
	"description": "The keys and certificates of the Kubernetes control plane were read or taken away by a process that is no part of it",
	"tags": ["linux", "container", "kubernetes"],
	"properties": {
		"Severity": 3,
		"Category": "credential-access",
		"Technique": "Steal Application Access Token",
		"id": "attack-pattern--890c9858-598c-401d-a4d5-c67ebcdd703a",
		"external_id": "T1528",
		"MITRE ATT&CK": "Credential Access: Steal Application Access Token",
		"aliases": ["TRC-1018"],
		"references": [
			"https://attack.mitre.org/techniques/T1528/",
			"https://kubernetes.io/docs/setup/best-practices/certificates/",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name} if {
	some name in {"security_file_open", "security_inode_rename"}
}

# The kernel keeps 15 characters of a process's name.
control_plane := {"etcd", "kube-apiserver", "kube-controller", "kube-scheduler", "kubelet"}

tracee_match if {
	not input.processName in control_plane
	some path in helpers.read
	startswith(path, "/etc/kubernetes/pki/")
}

tracee_match if {
	input.eventName == "security_inode_rename"
	some path in helpers.argument.old_path
	startswith(path, "/etc/kubernetes/pki/")
}
