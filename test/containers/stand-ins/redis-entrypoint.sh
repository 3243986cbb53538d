#!/bin/sh
# As the official image: not as root, and reachable from other containers without a password.
set -eu
if [ "$(id -u)" = 0 ] && [ "$1" = redis-server ]; then
  chown redis:redis .
  exec setpriv --reuid=redis --regid=redis --init-groups "$@" --protected-mode no
fi
exec "$@"
