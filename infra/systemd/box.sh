#!/bin/sh
# Becomes a systemd that is process 1 of namespaces of its own: infra/systemd.mjs starts this in them.
# It sees this machine's files and writes over them in memory alone; kernel, devices and cgroups of the machine are out of reach.
set -eu
BOX=$1
mount --make-rprivate /
mount -t tmpfs tmpfs "$BOX"
mkdir "$BOX/upper" "$BOX/work" "$BOX/root"
ROOT=$BOX/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$BOX/upper,workdir=$BOX/work" "$ROOT"

mount -t proc proc "$ROOT/proc"
mount --bind "$ROOT/proc/sys" "$ROOT/proc/sys"
mount -o remount,bind,ro "$ROOT/proc/sys"
mount -t sysfs -o ro sysfs "$ROOT/sys"
mount -t cgroup2 cgroup2 "$ROOT/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$ROOT/dev"
for device in null zero full random urandom tty; do
  touch "$ROOT/dev/$device"
  mount --bind "/dev/$device" "$ROOT/dev/$device"
done
mkdir "$ROOT/dev/pts" "$ROOT/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$ROOT/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/dev/shm"
ln -s pts/ptmx "$ROOT/dev/ptmx"
mount -t tmpfs -o mode=755 tmpfs "$ROOT/run"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"

# What the machine has enabled is not for here; nor is what sets up a machine.
UNITS=$ROOT/etc/systemd/system
rm -rf "$UNITS"
mkdir "$UNITS"
for unit in getty.target systemd-binfmt.service systemd-journal-flush.service systemd-journald-audit.socket \
  systemd-journald-dev-log.socket systemd-journald.service systemd-journald.socket systemd-modules-load.service \
  systemd-networkd.service systemd-remount-fs.service systemd-resolved.service systemd-sysctl.service \
  systemd-sysusers.service systemd-timesyncd.service systemd-tmpfiles-setup-dev.service systemd-udev-trigger.service \
  systemd-udevd.service proc-sys-fs-binfmt_misc.automount dev-hugepages.mount dev-mqueue.mount \
  sys-fs-fuse-connections.mount sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount tmp.mount; do
  ln -s /dev/null "$UNITS/$unit"
done
# A person who is no root.
mkdir -p "$ROOT/var/lib/systemd/linger"
touch "$ROOT/var/lib/systemd/linger/$2"
chroot "$ROOT" useradd --create-home "$2"
# Where vitest writes, whoever runs it.
mkdir -p "$ROOT$3/node_modules/.vite-temp"
chmod 1777 "$ROOT$3/node_modules/.vite-temp"

cd "$ROOT"
pivot_root . mnt
umount -l /mnt
exec env -i container=treeline "PATH=$PATH" setpriv --bounding-set=-sys_module,-sys_boot,-sys_time,-sys_rawio \
  /lib/systemd/systemd --unit=multi-user.target
