#!/usr/bin/env bash
# A server of PostgreSQL that takes connections over TLS alone, with a password: database.sh FOLDER PORT PASSWORD
#
# It is at localhost, the database is headcast, the user recorder. FOLDER/ca.crt is the authority behind its certificate.
set -euo pipefail
folder="$1" port="$2" password="$3"
programs="$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)"

mkdir -m 700 "$folder"
cd "$folder"
key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
openssl req -x509 "${key[@]}" -days 2 -subj /CN=authority -keyout ca.key -out ca.crt 2>/dev/null
openssl req "${key[@]}" -subj /CN=localhost -keyout server.key -out server.csr 2>/dev/null
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out server.crt 2>/dev/null
echo "$password" >password

# The server refuses to be root.
as_owner=(env)
if [[ $EUID -eq 0 ]]; then
    chown -R postgres: .
    as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
"${as_owner[@]}" "$programs/initdb" -D data -U recorder --pwfile=password -A scram-sha-256 --no-sync -E UTF8 --locale=C
echo 'hostssl all all all scram-sha-256' >data/pg_hba.conf
"${as_owner[@]}" "$programs/postgres" --single -D data postgres <<<'CREATE DATABASE headcast'
exec "${as_owner[@]}" "$programs/postgres" -D data -c listen_addresses=localhost -c port="$port" \
    -c unix_socket_directories= -c ssl=on -c ssl_cert_file="$folder/server.crt" -c ssl_key_file="$folder/server.key" \
    -c fsync=off -c max_connections=20
