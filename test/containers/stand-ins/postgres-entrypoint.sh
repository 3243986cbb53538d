#!/bin/bash
# What the official image documents of its variables, and no more: the first start makes the cluster, its superuser
# POSTGRES_USER with POSTGRES_PASSWORD, and the database POSTGRES_DB; who comes over the network shows the password.
set -euo pipefail

if [ "$(id -u)" = 0 ]; then
  chown postgres:postgres "$PGDATA" /run/postgresql
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

user="${POSTGRES_USER:-postgres}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?must be set for the first start}"
  initdb --username="$user" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") --auth-local=trust --auth-host=scram-sha-256
  printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  # As the image does: nobody from outside gets in before the database is made.
  pg_ctl --options="-c listen_addresses=''" --wait start
  if [ "${POSTGRES_DB:-$user}" != postgres ]; then
    createdb --username="$user" --maintenance-db=postgres "${POSTGRES_DB:-$user}"
  fi
  pg_ctl --mode=fast --wait stop
fi
exec "$@" -c 'listen_addresses=*'
