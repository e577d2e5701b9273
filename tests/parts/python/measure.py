"""Runs a command and writes what it cost to a file.

    measure.py LIMIT_SECONDS FILE COMMAND [ARGUMENT …]

The file holds wall and CPU seconds, peak KiB (children that it waited for included) and the exit
code, negative for a signal; the command is killed at the limit. No peak below this process's own,
about 10 MiB, can be seen: a process starts as a copy of the one that starts it.
"""

import json
import os
import signal
import sys
import time

limit, file, *command = sys.argv[1:]
start = time.monotonic()
child = os.posix_spawnp(command[0], command, os.environ)
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.alarm(int(limit))
_, status, use = os.wait4(child, 0)
cost = {
    "wall_seconds": time.monotonic() - start,
    "cpu_seconds": use.ru_utime + use.ru_stime,
    "peak_kib": use.ru_maxrss,
    "exit_code": os.waitstatus_to_exitcode(status),
}
with open(file, "w") as out:
    json.dump(cost, out)
