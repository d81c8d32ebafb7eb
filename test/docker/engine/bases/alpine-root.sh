# alpine-root.sh FOLDER: lays out a small system of busybox and musl.
set -eu
root=$1
machine=$(uname -m)
mkdir -p "$root"
cd "$root"
mkdir -p bin sbin lib usr/bin usr/sbin usr/lib usr/local/bin etc/ssl/certs root var/log var/run home proc sys dev run opt srv mnt
mkdir -m 1777 tmp var/tmp
cp /bin/busybox bin/busybox
for name in $(/bin/busybox --list); do
  case $name in
    dpkg | dpkg-deb | rpm | rpm2cpio | busybox) ;;
    *) [ -e "bin/$name" ] || ln -s /bin/busybox "bin/$name" ;;
  esac
done
ln -s /bin/busybox usr/bin/env
ln -s /bin/busybox sbin/nologin
cp -L "/lib/$machine-linux-musl/libc.so" "lib/ld-musl-$machine.so.1" 2>/dev/null || cp -L "/lib/ld-musl-$machine.so.1" lib/
ln -s "ld-musl-$machine.so.1" "lib/libc.musl-$machine.so.1"
cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/
ln -s certs/ca-certificates.crt etc/ssl/cert.pem
# What the package tzdata brings, for `apk add`.
mkdir -p usr/share
tar -czf usr/share/zoneinfo.tar.gz -C /usr/share zoneinfo
install -m755 /shims/apk /shims/addgroup /shims/adduser usr/sbin/
printf 'root:x:0:0:root:/root:/bin/sh\nbin:x:1:1:bin:/bin:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n' >etc/passwd
printf 'root:x:0:root\nbin:x:1:root\nnogroup:x:65533:\nnobody:x:65534:\n' >etc/group
printf 'root:*::0:::::\n' >etc/shadow
chmod 640 etc/shadow
printf 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.0\nPRETTY_NAME="a stand-in for Alpine Linux"\n' >etc/os-release
echo 3.20.0 >etc/alpine-release
