#!/busybox sh
# SPDX-License-Identifier: Apache-2.0
# The guest's first program: makes a root of the host's file system, read-only, with a layer over
# it that is kept in memory, and goes on in there with main.sh.
set -e
/busybox mkdir -p /dev /proc /sys /host /top /new
/busybox mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in $(cat /modules); do
	if [ -e "/$module.ko" ]; then insmod "/$module.ko"; fi
done
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro host /host
mount -t tmpfs top /top
mkdir /top/upper /top/work
mount -t overlay -o lowerdir=/host,upperdir=/top/upper,workdir=/top/work overlay /new
mount -t tmpfs run /new/run
mkdir /new/run/lab
cp /busybox /main.sh /job /mark /new/run/lab
for folder in dev sys proc; do mount --move "/$folder" "/new/$folder"; done
exec /busybox switch_root /new /run/lab/busybox sh /run/lab/main.sh
