internal import Glibc

// Prints what a job allocates on its way from a record's bytes to its reply's.
exit(AllocationProbe.run())
