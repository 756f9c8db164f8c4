# SPDX-License-Identifier: Apache-2.0
package tracee.helpers_test

import data.tracee.examples_test as examples
import data.tracee.helpers
import rego.v1

test_arguments_by_their_name if {
	helpers.argument.b == {2} with input as examples.event("x", {"a": 1, "b": 2})
	helpers.first("b") == 2 with input as examples.event("x", {"a": 1, "b": 2})
}

test_an_argument_that_comes_twice_has_both_values if {
	input_with_two := {"args": [{"name": "a", "value": 2}, {"name": "a", "value": 1}]}
	helpers.argument.a == {1, 2} with input as input_with_two
	helpers.first("a") == 1 with input as input_with_two
}

test_an_argument_that_is_not_there_is_undefined if {
	not helpers.argument.c with input as examples.event("x", {"a": 1})
	not helpers.first("c") with input as examples.event("x", {"a": 1})
	every args in [null, 7, [null, "a"], [{"value": 1}], [{"name": null, "value": 1}]] {
		not helpers.argument.a with input as {"args": args}
	}
}

test_flags_that_write if {
	every flags in ["O_WRONLY", "O_RDWR|O_CLOEXEC", "O_CREAT|O_WRONLY"] {
		helpers.is_file_write(flags)
	}
	every flags in ["O_RDONLY", "O_CREAT", "", null, 2] {
		not helpers.is_file_write(flags)
	}
}

test_flags_that_read if {
	every flags in ["O_RDONLY", "O_RDWR|O_CLOEXEC", "O_RDONLY|O_NOFOLLOW"] {
		helpers.is_file_read(flags)
	}
	every flags in ["O_WRONLY", "O_CREAT", "", null, 0] {
		not helpers.is_file_read(flags)
	}
}

test_paths_that_are_opened if {
	helpers.written == {"/a"} with input as examples.open("/a", "O_WRONLY")
	helpers.read == set() with input as examples.open("/a", "O_WRONLY")
	helpers.written == {"/a"} with input as examples.open("/a", "O_RDWR")
	helpers.read == {"/a"} with input as examples.open("/a", "O_RDWR")
	another := examples.event("openat", {"pathname": "/a", "flags": "O_RDWR"})
	helpers.written == set() with input as another
}

test_paths_that_change if {
	helpers.changed == {"/a"} with input as examples.open("/a", "O_WRONLY")
	helpers.changed == {"/b"} with input as examples.rename("/a", "/b")
	helpers.changed == set() with input as examples.open("/a", "O_RDONLY")
}

test_memory_of_a_process if {
	every path in ["/proc/1/mem", "/proc/self/mem", "/proc/12/task/13/mem"] {
		helpers.is_process_memory(path)
	}
	every path in ["/proc/mem", "/proc/1/mem/x", "/proc/1/smem", "/proc/1a/mem", null] {
		not helpers.is_process_memory(path)
	}
}

# The fourth byte is spread over two characters of base64.
test_head_of_a_program if {
	every class in ["AQ", "Ag", "/w", "AA"] {
		helpers.is_elf(base64.encode(concat("", ["\u007fELF", class])))
	}
	every bytes in ["f0VMRw==", "f0VMQg==", "f0VM", "f0VMR", "", null, 7] {
		not helpers.is_elf(bytes)
	}
}

test_a_call_tells_alone_where_it_failed_or_nothing_else_tells if {
	every event in [{"returnValue": -1, "syscall": "x"}, {}, {"syscall": ""}, {"syscall": -1}] {
		helpers.tells_alone with input as event
	}
	every event in [{"returnValue": 0, "syscall": "x"}, {"returnValue": 3, "syscall": 59}] {
		not helpers.tells_alone with input as event
	}
}

test_an_event_that_names_no_call if {
	every event in [{}, {"syscall": ""}, {"syscall": -1}, {"returnValue": -1}] {
		helpers.names_no_call with input as event
	}
	every event in [{"syscall": "x"}, {"syscall": 59}, {"syscall": 0}] {
		not helpers.names_no_call with input as event
	}
}
