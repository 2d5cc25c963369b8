#!/bin/sh
echo "bazel coverage is not available with Debian's Bazel." >&2
exit 1
