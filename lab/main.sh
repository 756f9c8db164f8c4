# SPDX-License-Identifier: Apache-2.0
# The guest's first program on its real root: sets up what an init would, runs the job, and writes
# after its output the mark and its exit status. The host ends the machine when it reads these.
mkdir -p /dev/pts /dev/shm /run/lock
hostname kernel-lab
ip link set lo up
for at in devpts:/dev/pts tmpfs:/dev/shm cgroup2:/sys/fs/cgroup bpf:/sys/fs/bpf \
	debugfs:/sys/kernel/debug tracefs:/sys/kernel/tracing securityfs:/sys/kernel/security; do
	mount -t "${at%:*}" "${at%:*}" "${at#*:}"
done
ln -s /proc/self/fd /dev/fd
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr
until [ -e /dev/vport0p1 ]; do sleep 0.1; done
# A pipe of our own: the port takes one writer only, and the job may have many.
mkfifo /run/lab/out
cat /run/lab/out >/dev/vport0p1 &
exec 3<>/run/lab/out
setsid /bin/sh /run/lab/job </dev/null >&3 2>&1 3>&-
status=$?
printf '%s%s;' "$(cat /run/lab/mark)" "$status" >&3
exec sleep 60
