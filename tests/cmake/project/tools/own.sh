#!/bin/sh
# A launcher of the project's own, outside of sefaca's.
exec "$@"
