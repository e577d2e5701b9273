"""Work as a look must see it: a sixth of a core, so that many of them fit on a small machine.

    burn.py [SECONDS]
"""

import sys
import time

end = time.monotonic() + float(sys.argv[1]) if len(sys.argv) > 1 else None
while end is None or time.monotonic() < end:
    # Counted by its own CPU time: on a busy machine it works just as much.
    start = time.process_time()
    while time.process_time() - start < 0.02:
        pass
    time.sleep(0.1)
