# SPDX-License-Identifier: Apache-2.0
# What several signatures ask of an event. All of it is written so that a value that is missing,
# nil or of another type is no error: the signature does not match, and that is all.
package tracee.helpers

import rego.v1

# The values of the arguments of this name: `some path in helpers.argument.pathname`. It is one
# value, except in a damaged or foreign event that has the name twice: then each of them counts.
argument[name] contains each.value if {
	some each in input.args
	name := each.name
}

# The same as one value, for the data of a finding.
first(name) := min({value | some value in argument[name]})

# Whether open flags such as "O_WRONLY|O_CREAT" allow writing.
is_file_write(flags) if {
	some access in {"O_WRONLY", "O_RDWR"}
	contains(flags, access)
}

# Whether they allow reading.
is_file_read(flags) if {
	some access in {"O_RDONLY", "O_RDWR"}
	contains(flags, access)
}

# The path of a file that is opened for writing.
written contains path if {
	input.eventName == "security_file_open"
	some flags in argument.flags
	is_file_write(flags)
	some path in argument.pathname
}

# The path of a file that is opened for reading.
read contains path if {
	input.eventName == "security_file_open"
	some flags in argument.flags
	is_file_read(flags)
	some path in argument.pathname
}

# The path at which a file changes: it is opened for writing, or another file is moved onto it.
changed contains path if some path in written

changed contains path if {
	input.eventName == "security_inode_rename"
	some path in argument.new_path
}

# The memory of a process as a file.
is_process_memory(path) if {
	startswith(path, "/proc/")
	endswith(path, "/mem")
	regex.match(`^/proc/(self|thread-self|[0-9]+)(/task/[0-9]+)?/mem$`, path)
}

# Whether the first bytes of a file, in base64, are those of an ELF program: 7f 45 4c 46.
is_elf(bytes) if regex.match(`^f0VMR[g-v]`, bytes)

# Whether a system call is to be told by itself. Where it succeeds, another event tells of what it
# did, later and more surely, and one deed is to give one finding. That other event is missing
# where the call failed, and in recordings of Tracee v0.8.1.
tells_alone if input.returnValue < 0

tells_alone if names_no_call

# Whether the event does not say in which system call it happened. No event of Tracee v0.8.1 does;
# ours have -1 where there is none.
names_no_call if not input.syscall

names_no_call if input.syscall in {"", -1}
