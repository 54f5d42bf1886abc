"""Runs the code cells of a notebook, in their order, as one program: run_notebook.py FILE."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    cells = json.load(file)["cells"]
scope = {"__name__": "__main__"}
for number, cell in enumerate(cells):
    if cell["cell_type"] == "code":
        source = "".join(cell["source"])
        exec(compile(source, f"cell {number} of {sys.argv[1]}", "exec"), scope)
print("ran", sum(cell["cell_type"] == "code" for cell in cells), "cells")
