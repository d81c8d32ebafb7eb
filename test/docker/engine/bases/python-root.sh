# Moves Debian's Python below /usr/local and gives it the official image's layout.
set -eu
version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
lib=/usr/local/lib/python$version
mkdir -p /usr/local/include
cp -aL "/usr/bin/python$version" /usr/local/bin/
cp -aL "/usr/lib/python$version" /usr/local/lib/
cp -aL "/usr/include/python$version" /usr/local/include/
cp -a /usr/include/*-linux-gnu/python"$version"/* "/usr/local/include/python$version/" 2>/dev/null || true
rm -rf "$lib"/EXTERNALLY-MANAGED "$lib/test" "$lib/sitecustomize.py" "$lib"/config-*
mkdir -p "$lib/site-packages"
# Debian's own name stays valid: the module `site`, which adds the folder to the path, is frozen into the program.
rm -rf "$lib/dist-packages"
ln -s site-packages "$lib/dist-packages"
sed -i "s/'posix_local')/'posix_prefix')/; s/= 'posix_local'/= 'posix_prefix'/" "$lib/sysconfig.py"
sed -i "s|/usr/include|/usr/local/include|g; s|/usr/share/python-wheels|$lib/ensurepip/_bundled|g" "$lib"/_sysconfigdata*.py
mkdir -p "$lib/ensurepip/_bundled"
cp /usr/share/python-wheels/* "$lib/ensurepip/_bundled/"
cd /usr/local/bin
for name in python3 python; do ln -sf "python$version" "$name"; done
/usr/local/bin/python3 - <<'PY'
import glob, os, subprocess, sys
wheels = sorted(glob.glob("/usr/share/python-wheels/*.whl"))
pip = [w for w in wheels if os.path.basename(w).startswith("pip-")][0]
env = dict(os.environ, PYTHONPATH=pip, PIP_ROOT_USER_ACTION="ignore")
packages = [w for w in wheels if os.path.basename(w).split("-")[0] in ("pip", "setuptools", "wheel")]
subprocess.check_call([sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--ignore-installed", *packages], env=env)
PY
/usr/local/bin/python3 -c 'import sysconfig, ssl, zlib; print(sysconfig.get_paths()["purelib"])' | grep -qx "$lib/site-packages"
pip --version
