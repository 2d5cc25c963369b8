"""What tools/bench does: runs the workloads and reports what they measured."""
