# What the scripts share. Source it; it changes into the project's folder.

script=$(realpath "$0")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Words for people go to stderr, all in one style.
say() { printf 'penstock: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# Prints the comment at the top of the script that was called.
print_help() { sed -n '2,/^$/{s/^# \{0,1\}//p}' "$script"; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo -n "$@" || die "needs root: $*"
  fi
}

# Installs those of the named Debian packages that are missing; quick when none is.
need_packages() {
  local missing=() package
  for package in "$@"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      missing+=("$package")
    fi
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "install what these Debian packages hold: ${missing[*]}"
  say "installing ${missing[*]}"
  as_root apt-get update -qq >&2
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# unpack_package PACKAGE FOLDER: puts the files of a Debian package there, for one that would start a
# server if it were installed.
unpack_package() {
  local package=$1 folder=$2
  say "unpacking $package"
  rm -rf "$folder"
  mkdir -p "$folder"
  as_root apt-get update -qq >&2
  (cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root "$package" >&2)
  dpkg -x "$folder/$package"_*.deb "$folder"
  rm "$folder/$package"_*.deb
}

# The reference of scripts/bench.
need_nginx() {
  PATH=$PATH:/usr/sbin command -v nginx >/dev/null && return
  [ ! -x build/nginx/usr/sbin/nginx ] || return 0
  need_packages libpcre2-8-0
  unpack_package nginx build/nginx
}

# What schema_bench compares with; headers alone. Its package would bring Qt.
need_valijson() {
  need_packages rapidjson-dev
  [ ! -d build/valijson/usr ] || return 0
  unpack_package libvalijson-dev build/valijson
}

# install_python FOLDER PINS WHAT: a virtual environment in FOLDER with the packages that the file
# PINS names, made anew when they change.
install_python() {
  local folder=$1 pins=$2
  cmp -s "$pins" "$folder/installed.txt" && return
  say "installing $3"
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$pins" >&2
  cp "$pins" "$folder/installed.txt"
}
