#!/bin/sh
set -e
export DATA="${DATA:-/data}"
exec "$@"
