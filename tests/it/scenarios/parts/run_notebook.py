"""Runs a notebook in a kernel of its own, as papermill does: no Jupyter server knows of it."""

import nbformat
from nbclient import NotebookClient

CODE = """
import time
open("notebook-runs", "w").close()
while True:
    start = time.process_time()
    while time.process_time() - start < 0.02:
        pass
    time.sleep(0.1)
"""

notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
NotebookClient(notebook, timeout=None, kernel_name="python3").execute()
