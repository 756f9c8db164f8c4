# SPDX-License-Identifier: Apache-2.0
"""Events and sets that people know by these names, and that the catalogue may not have yet.

A rule that names one waits for it; any other name that is not there is a mistake.
"""

from schemas.events import BY_NAME, sets

_EVENTS = """
bpf_attach call_usermodehelper cap_capable cgroup_attach_task chmod_common commit_creds
container_create container_remove debugfs_create_dir debugfs_create_file device_add
dirty_pipe_splice do_exit do_init_module do_mmap do_sigaction do_truncate execute_finished
existing_container file_modification ftrace_hook hidden_kernel_module hidden_kernel_module_seeker
hooked_proc_fops hooked_seq_ops hooked_syscall hooked_syscalls init_namespaces inotify_watch
kallsyms_lookup_name kprobe_attach load_elf_phdrs magic_write mem_prot_alert module_free
module_load net_flow_tcp_begin net_flow_tcp_end net_packet_dns net_packet_dns_request
net_packet_dns_response net_packet_http net_packet_http_request net_packet_http_response
net_packet_icmp net_packet_icmpv6 net_packet_ipv4 net_packet_ipv6 net_packet_tcp net_packet_udp
net_tcp_connect print_mem_dump proc_create process_execute_failed register_chrdev sched_switch
security_bpf security_bpf_map security_bpf_prog security_file_mprotect security_inode_mknod
security_inode_rename security_inode_symlink security_inode_unlink security_kernel_post_read_file
security_kernel_read_file security_mmap_file security_path_notify security_post_read_file
security_sb_mount security_sb_umount security_settime64 security_socket_accept security_socket_bind
security_socket_connect security_socket_create security_socket_listen security_socket_setsockopt
security_task_prctl security_task_setrlimit set_fs_pwd shared_object_loaded socket_accept
socket_dup stack_pivot suspicious_syscall_source switch_task_ns symbols_collision symbols_loaded
sys_enter sys_exit task_rename vfs_read vfs_readv vfs_utimes vfs_write vfs_writev
"""
_SETS = "derived dns http network network_events packets tcp udp"

#: names of events and sets that are waited for
AWAITED: frozenset[str] = frozenset({*_EVENTS.split(), *_SETS.split()} - {*BY_NAME, *sets()})
