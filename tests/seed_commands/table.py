# SPDX-License-Identifier: Apache-2.0
"""The command lines that people know from the manual and from the guide to v0.8.1, with our
program's name in them, and what must be seen.

`tracee-ebpf` and `tracee` are `collector`, or `pytracee` where signatures are named beside events
or instead; `tracee-rules` is `detector`. What stands for something of the reader's is in braces:
{pid}, {id} (of a container), {folder}, {url}, {policies} (the examples).
"""

from dataclasses import dataclass

NETWORK = "network packets"
CAPTURE = "capture"
RUNTIME = "names from container runtimes"


@dataclass(frozen=True)
class Who:
    """Somebody whose activity there is. What it does is what the command is to see."""

    comm: str = "pt-inside"
    uid: int = 0
    contained: bool = False


SOMEBODY = Who()


@dataclass(frozen=True)
class Command:
    """`sees`: texts of which each must be in the output while `inside` does everything; `never`:
    texts of which none may be there, and nothing of `outside`.

    The output is what `outs` name: files, "webhook", "" for standard output. `says`, `silent`:
    texts that stderr must have, and must not have, at the end. `waits`: what it takes that is not
    built yet; then it is only said so.
    """

    where: str  # chapter of the manual, or "guide"
    line: str
    sees: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    outs: tuple[str, ...] = ("",)
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    whole: str = ""  # regular expression of all that is on standard output at the end
    ring: int = 0  # pages
    inside: Who = SOMEBODY
    outside: Who | None = None
    ends: bool = False  # by itself
    waits: str = ""


def seen(where: str, line: str, *sees: str, **more: object) -> Command:
    return Command(where, line, sees, **more)  # type: ignore[arg-type]


USER = Who("pt-outside", uid=65534)
CONTAINED = Who(contained=True)
HOST = Who("pt-outside")
OTHER = Who("pt-outside")

#: what a filter on /tmp leaves out of what everybody here runs
_PROGRAMS = ('"value":"/bin/', '"value":"/usr/bin/')
#: what `uniq -c` prints of names
_COUNTED = r"( *\d+ \w+\n)"
_EXECVE = "collector --events execve"
_CAPTURED = "--output option:capture-dir={folder}/captures"

COMMANDS = (
    # the guide
    seen("guide", "collector --output format:gob --output option:parse-arguments | "
         "detector --input-tracee file:stdin --input-tracee format:gob",
         "*** Detection ***", "Signature ID: TRC-2", "Signature: Anti-Debugging",
         "Data: map[]", "Command: pt-inside", "Hostname: "),
    seen("guide", "collector --trace comm=zsh --trace event=execve", "execve", "zsh",
         inside=Who("zsh"), outside=OTHER),
    seen("guide", "detector --list", "TRC-2      Anti-Debugging", ends=True),
    # 2: installing
    seen("2.2", "collector --version", "collector, version", ends=True),
    seen("2.2", "pytracee --version", "pytracee, version", ends=True),
    seen("2.3", "collector --events openat --output table", "openat", "pathname"),
    # 3: first steps
    seen("3.1", "collector", "sched_process_exec"),
    seen("3.1", "collector --events openat", "openat"),
    seen("3.1", "collector --events openat,close,read", "openat", "close", "read"),
    seen("3.1", _EXECVE, "execve", never=("execve pt-inside in host of 0",)),
    seen("3.2", "collector --scope pid={pid} --events openat", "openat", outside=OTHER),
    seen("3.2", "collector --scope pid={pid},5678 --events openat", "openat", outside=OTHER),
    seen("3.2", "collector --scope uid=0 --events execve", "execve", outside=USER),
    seen("3.2", "collector --scope uid!=0 --events openat", "openat",
         inside=Who(uid=65534), outside=HOST),
    seen("3.2", "collector --scope container --events execve", "execve",
         inside=CONTAINED, outside=HOST),
    seen("3.2", "collector --scope container={id} --events openat", "openat",
         inside=CONTAINED, outside=HOST),
    seen("3.2", "collector --scope not-container --events execve", "execve",
         outside=Who("pt-outside", contained=True)),
    seen("3.3", "collector --events execve --output table", "execve", "TIME", "UID", "EVENT"),
    seen("3.3", "collector --events execve --output json", '"eventName":"execve"', '"args":['),
    seen("3.3", "collector --events execve --output json "
         "--output option:out-file={folder}/tracee.json", '"execve"',
         outs=("{folder}/tracee.json",)),
    seen("3.3", "collector --events execve --output json --output json:stdout "
         "--output json:{folder}/tracee.json", '"execve"', outs=("", "{folder}/tracee.json")),
    seen("3.4", "collector --events security_file_open --scope global "
         "--filter data.pathname=/etc/* --output table", "security_file_open", "/etc/hostname",
         never=("/usr/lib", "/dev/null")),
    seen("3.4", "collector --events sched_process_exec --filter data.pathname=/tmp/* "
         "--output json", "sched_process_exec", "/tmp/", never=_PROGRAMS),
    seen("3.4", "collector --events net_packet_ipv4,security_socket_connect --output table",
         "security_socket_connect"),
    seen("3.4", "collector --scope container --events sched_process_exec,sched_process_exit "
         "--output json", "sched_process_exec", "sched_process_exit",
         inside=CONTAINED, outside=HOST),
    # 4: policies
    seen("4.4", "collector --events security_file_open --output json | jq .args[].name",
         '"pathname"', '"flags"'),
    seen("4.6", "collector --policy {policies}/sensitive-files.yaml --output table",
         "security_file_open", "/etc/shadow"),
    seen("4.6", "collector --policy {policies}/my-policy.yaml "
         "--policy {policies}/pci-dss-file-access.yaml --output json",
         '"my-policy"', '"pci-dss-file-access"'),
    seen("4.6", "pytracee --policy {policies}/ --output json", '"comprehensive-monitoring"'),
    # 5: events
    seen("5.2", "collector --events sched_process_exec", "sched_process_exec"),
    seen("5.2", "collector --events sched_process_exit", "sched_process_exit"),
    seen("5.2", "collector --events sched_process_fork", "sched_process_fork"),
    seen("5.2", "collector --events process_execute_failed", "process_execute_failed"),
    seen("5.2", "collector --events openat,open", "openat", "open"),
    seen("5.2", "collector --events security_file_open", "security_file_open"),
    seen("5.2", "collector --events vfs_read,vfs_write", "vfs_read", "vfs_write"),
    seen("5.2", "collector --events security_inode_unlink", "security_inode_unlink"),
    seen("5.2", "collector --events security_inode_rename", "security_inode_rename"),
    seen("5.2", "collector --events magic_write", "magic_write"),
    seen("5.2", "collector --events net_packet_ipv4,security_socket_connect",
         "security_socket_connect"),
    seen("5.2", "collector --events net_packet_dns_request,net_packet_dns_response",
         waits=NETWORK),
    seen("5.2", "collector --events net_packet_http_request,net_packet_http_response",
         waits=NETWORK),
    seen("5.2", "collector --events net_packet_icmp", waits=NETWORK),
    seen("5.2", "collector --events net_flow_tcp_begin,net_flow_tcp_end", waits=NETWORK),
    seen("5.2", "collector --events container_create,container_remove",
         "container_create", "container_remove"),
    seen("5.2", "collector --events cgroup_mkdir,cgroup_rmdir", "cgroup_mkdir", "cgroup_rmdir"),
    seen("5.2", "collector --events existing_container", "existing_container", inside=CONTAINED),
    seen("5.2", "pytracee --events dropped_executable,hidden_kernel_module,anti_debugging",
         "anti_debugging"),
    seen("5.2", "pytracee --events container_escape", "container_escape", inside=CONTAINED),
    seen("5.2", "pytracee --events code_injection", "code_injection"),
    seen("5.2", "pytracee --events anti_debugging", "anti_debugging"),
    seen("5.2", "collector --events hidden_kernel_module_seeker"),
    seen("5.3", "collector --events list", "openat", "sched_process_exec", ends=True),
    seen("5.3", "collector --events list | grep syscalls", "openat", never=("security_file_open",),
         ends=True),
    seen("5.3", "collector --events list | grep lsm", "security_file_open", never=("\nopenat ",),
         ends=True),
    seen("5.3", "collector --events list | grep network", waits=NETWORK),
    seen("5.4", "collector --events sched_process_exec --filter data.pathname=/tmp/*,/dev/shm/* "
         "--output json", "sched_process_exec", "/tmp/", never=_PROGRAMS),
    seen("5.4", "collector --events sched_process_fork,sched_process_exec,sched_process_exit "
         "--scope tree={pid} --output table",
         "sched_process_fork", "sched_process_exec", "sched_process_exit", outside=OTHER),
    seen("5.4", "collector --events security_socket_connect,net_packet_ipv4,net_packet_dns "
         "--scope container --output json", "security_socket_connect",
         inside=CONTAINED, outside=HOST),
    # 6: outputs
    seen("6.1", "collector --events execve --output gotemplate={folder}/template.tmpl",
         "execve,"),
    seen("6.1", "collector --events execve --output webhook:{url}", '"execve"', outs=("webhook",)),
    seen("6.1", "collector --events execve --output webhook:{url}/1 --output webhook:{url}/2",
         '"execve"', "/hook/1 ", "/hook/2 ", outs=("webhook",)),
    seen("6.2", "collector --events execve --output table "
         "--output option:out-file={folder}/tracee.log", "execve", outs=("{folder}/tracee.log",)),
    seen("6.2", "collector --events execve --output json:stdout "
         "--output json:{folder}/tracee.json", '"execve"', outs=("", "{folder}/tracee.json")),
    seen("6.2", "collector --events execve --output json:{folder}/tracee.json "
         "--output webhook:{url}", '"execve"', outs=("{folder}/tracee.json", "webhook")),
    # On a pipe it is the stream, which has raw values, with their time, whatever is displayed.
    seen("6.2", "collector --events execve --output option:parse-arguments", "execve"),
    seen("6.2", "pytracee --events all-signatures --output option:detect-only", "anti_debugging"),
    seen("6.2", "collector --events execve --output option:relative-timestamp", "execve"),
    seen("6.2", "collector --events execve --output option:no-timestamp", "execve"),
    seen("6.3", "collector --log debug --events execve", "execve",
         says=("execve is seen by ", "collector: events ")),
    seen("6.3", "collector --log info --events execve", "execve",
         says=("collector: events ",), silent=("is seen by",)),
    seen("6.3", "collector --log warn --events execve", "execve",
         silent=("collector: events ",)),
    seen("6.3", "collector --log error --events execve", "execve",
         silent=("collector: events ",)),
    seen("6.3", "collector --log info --log option:log-file={folder}/tracee.log --events execve",
         "execve", silent=("collector: events ",)),
    seen("6.3", "collector --log info --log option:log-format=json --events execve", "execve",
         says=('"message":"events ',)),
    seen("6.4", "collector --config {folder}/config.yaml --policy {policies}/my-policy.yaml",
         '"execve"', outs=("{folder}/events.json", "webhook")),
    # 7: the rest
    seen("7.1", f"collector --events net_packet_ipv4 --capture net {_CAPTURED}", waits=CAPTURE),
    seen("7.1", f"collector --events sched_process_exec --capture exec {_CAPTURED}",
         waits=CAPTURE),
    seen("7.1", "collector --events vfs_write --filter data.pathname=/tmp/* --capture write "
         f"{_CAPTURED}", waits=CAPTURE),
    seen("7.1", f"collector --events sched_process_exec --capture mem {_CAPTURED}",
         waits=CAPTURE),
    seen("7.2", "pytracee --signatures-dir {folder}/signatures --events all-signatures",
         "suspicious_bash_usage", "anti_debugging"),
    seen("7.3", "collector --events net_packet_dns,net_packet_ipv4 --output json", waits=NETWORK),
    seen("7.3", "collector --events sched_process_exec --scope tree={pid} --output json",
         "sched_process_exec", "{pid}", outside=OTHER),
    seen("7.4", "collector --perf-buffer-size 4096 --events execve", "execve", ring=4096),
    seen("7.4", "collector --events execve --sampling 10", "execve",
         says=("--sampling 10: ", ", filtered ")),
    # 8: use
    seen("8.1", "pytracee --policy {policies}/container-escape.yaml --output json",
         '"container-escape-detection"', inside=CONTAINED, outside=HOST),
    seen("8.1", "pytracee --events hidden_kernel_module,hooked_syscalls,symbols_collision "
         "--output json"),
    seen("8.3", "collector --scope comm=myapp --events openat,open,close,read,write "
         "--output table", "openat", "close", "read", "write",
         inside=Who("myapp"), outside=OTHER),
    seen("8.3", "collector --events connect --filter retval!=0 --output json | jq .args",
         '"addr"'),
    seen("8.3", "collector --events syscalls --scope pid={pid} --output json | jq -r .eventName "
         "| sort | uniq -c | sort -rn", "openat", whole=f"{_COUNTED}+", outside=OTHER),
    # 9: cost
    seen("9.1", "collector --scope comm=nginx --events openat", "openat",
         inside=Who("nginx"), outside=OTHER),
    seen("9.1", "collector --events security_file_open --filter data.pathname=/etc/*",
         "security_file_open"),
    seen("9.2", "collector --perf-buffer-size 512 --events execve", "execve", ring=512),
    seen("9.2", "collector --no-containers-enrich --events execve",
         "execve pt-inside in {id}", inside=CONTAINED),
    seen("9.2", "collector --no-process-tree --events execve",
         "execve pt-inside in host of 0"),
    seen("9.3", "pytracee --policy {policies}/minimal.yaml", "container_escape",
         inside=CONTAINED, outside=HOST),
    seen("9.4", "collector --events execve --output json --stats", '"execve"',
         says=("PER SECOND", "execve ", "ring at most ")),
    # 10: trouble
    seen("10.1", "collector --runtime-sockets /var/run/docker.sock --events execve",
         waits=RUNTIME),
    seen("10.1", "collector --events all --output json | jq -r .eventName | sort | uniq -c "
         "| sort -rn | head -10", '"openat"', whole=f"{_COUNTED}{{10}}"),
    seen("10.1", "collector --scope comm=nginx --events openat --filter data.pathname=/etc/*",
         "openat", inside=Who("nginx"), outside=OTHER),
    seen("10.1", "collector --sampling 10 --events all", "execve",
         says=("--sampling 10: ", ", filtered ")),
    seen("10.2", "collector --log debug --log option:log-file={folder}/tracee-debug.log "
         "--events execve", "execve", outs=("{folder}/tracee-debug.log",)),
    seen("10.2", "collector --log debug --events execve 2>&1 | tee {folder}/tracee.log",
         "execve"),
)  # fmt: skip
