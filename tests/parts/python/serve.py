"""A Jupyter server that ends when its stdin is closed.

    serve.py [ARGUMENT …]      arguments as for `jupyter server`

Whoever started it holds the other end of stdin: when that process is gone,
however it went, the server and its kernels go too.
"""

import os
import signal
import sys
import threading

from jupyter_server.serverapp import main


def end_with_stdin():
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=end_with_stdin, daemon=True).start()
main()
