/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All programs as one object, of which the collector loads what it needs. libbpf reads the kernel's
 * types once for an object, which takes longer than the rest of its work.
 */
#include "families/bpf.c"
#include "families/cgroup.c"
#include "families/changing.c"
#include "families/checking.c"
#include "families/credentials.c"
#include "families/executing.c"
#include "families/file.c"
#include "families/kernel_read.c"
#include "families/mapping.c"
#include "families/memory.c"
#include "families/module.c"
#include "families/mount.c"
#include "families/name.c"
#include "families/notify.c"
#include "families/pipe.c"
#include "families/prctl.c"
#include "families/process.c"
#include "families/protecting.c"
#include "families/registering.c"
#include "families/scheduling.c"
#include "families/serving.c"
#include "families/setting.c"
#include "families/signal_action.c"
#include "families/socket.c"
#include "families/suspicion.c"
#include "families/syscalls.c"
#include "families/tasks.c"
#include "families/writing.c"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
