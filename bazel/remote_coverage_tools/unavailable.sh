#!/bin/sh
echo "bazel coverage is not available with Debian's Bazel; use gcov (docs/testing.md)." >&2
exit 1
