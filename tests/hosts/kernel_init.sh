#!/bin/sh
# Process 1 of the virtual machine: makes of the initial ramdisk a system as tests need it, with a cgroup
# hierarchy of version 2 as systemd lays it out, runs kernel_inside.sh and switches the machine off.
# What is said goes to the second serial line.
PATH=/usr/bin
export PATH
if [ ! -e /booted ]; then  # the ramdisk itself can't be a root as others are (pivot_root(2))
  mount -t tmpfs -o size=90%,mode=755 root /new
  for entry in /*; do
    [ "$entry" = /new ] || cp -a "$entry" /new/
  done
  : >/new/booted
  exec switch_root /new /init
fi
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o ptmxmode=666 pts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t securityfs security /sys/kernel/security
mount -t cgroup2 cgroup /sys/fs/cgroup
ln -s /proc/self/fd /dev/fd
chown -R tester:tester /home/tester
ip link set lo up
sysctl -q -w kernel.printk='1 4 1 7'
exec >/dev/ttyS1 2>&1
export HOME=/root SEFACA_BINARY=/usr/bin/sefaca SEFACA_AS_HOST=/usr/bin/as-host SEFACA_TEST_USER=tester
sh /tests/hosts/kernel_inside.sh
echo "inside: exit code $?"
poweroff -f
