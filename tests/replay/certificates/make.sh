#!/bin/sh
# Makes the certificates of the replay server and its tests. They protect nothing: everything about them is public.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/index"
cat > "$work/ca.cnf" <<END
[ca]
default_ca = here
[here]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
END
new_key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
# shellcheck disable=SC2086 # these are several words
openssl req -x509 $new_key -days 36500 -subj "/CN=whydrift test CA" -keyout "$work/ca.key" -out ca.crt \
  -addext "keyUsage=critical,keyCertSign,cRLSign"
issue() { # NAME SUBJECT_ALTERNATIVE_NAMES FROM UNTIL
  # shellcheck disable=SC2086
  openssl req $new_key -subj "/CN=whydrift test $1" -keyout "$1.key" -out "$work/$1.csr"
  printf 'subjectAltName=%s\nauthorityKeyIdentifier=keyid\n' "$2" > "$work/$1.ext"
  openssl ca -batch -notext -config "$work/ca.cnf" -cert ca.crt -keyfile "$work/ca.key" -in "$work/$1.csr" -out "$1.crt" \
    -extfile "$work/$1.ext" -startdate "$3" -enddate "$4"
}
issue server DNS:localhost,IP:127.0.0.1 20260101000000Z 21260101000000Z
issue elsewhere DNS:argocd.example.com 20260101000000Z 21260101000000Z
issue client DNS:client 20260101000000Z 21260101000000Z
issue expired DNS:localhost,IP:127.0.0.1 20200101000000Z 20200201000000Z
