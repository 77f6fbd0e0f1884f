#!/bin/sh
# Makes the passwords that compose.yaml reads, once: what is there stays. Needs openssl.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
new() { [ -e "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"; }
new mysql-password "$(openssl rand -hex 24)"
new mysql-url "mysql://chat:$(cat secrets/mysql-password)@mysql:3306/chat"
new grafana-password "$(openssl rand -hex 24)"
# The folder keeps other people of this machine out; in the containers, users that are not root read the files.
chmod 644 secrets/*
echo "secrets/ is ready: mysql-password, mysql-url, grafana-password"
