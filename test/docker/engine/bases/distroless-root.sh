# Lays out /static, /base and /cc: few files of Debian, without a shell.
set -eu
machine=$(uname -m)
mkdir /packages
cd /packages
apt-get -qq -o APT::Sandbox::User=root download tzdata libc6 libssl3 libgcc-s1 libstdc++6 libgomp1 libatomic1

# unpack ROOT PACKAGE...
unpack() {
  root=$1
  shift
  for package in "$@"; do
    dpkg-deb --fsys-tarfile "$package"_*.deb |
      tar -x -C "$root" --keep-directory-symlink --exclude='./usr/share/doc*' --exclude='./usr/share/man*' --exclude='./usr/share/lintian*'
  done
}

for root in /static /base /cc; do
  mkdir -p "$root/usr/lib/$machine-linux-gnu" "$root/usr/lib64" "$root/usr/bin" "$root/usr/sbin"
  for name in lib lib64 bin sbin; do ln -sfn "usr/$name" "$root/$name"; done
  unpack "$root" tzdata
  mkdir -p "$root/etc/ssl/certs" "$root/home/nonroot" "$root/root" "$root/proc" "$root/dev" "$root/sys" "$root/run"
  mkdir -m1777 "$root/tmp"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  printf 'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnobody:x:65534:\ntty:x:5:\nstaff:x:50:\nnonroot:x:65532:\n' >"$root/etc/group"
  printf 'PRETTY_NAME="a stand-in for Distroless"\nNAME="Debian GNU/Linux"\nID="debian"\nVERSION_ID="12"\n' >"$root/etc/os-release"
  chown 65532:65532 "$root/home/nonroot"
done
unpack /base libc6 libssl3
unpack /cc libc6 libssl3 libgcc-s1 libstdc++6 libgomp1 libatomic1
