"""Runs a notebook as Jupyter does, and prints what its cells print: run_notebook.py FILE [--save]."""

import pathlib
import sys

import nbformat
from nbclient import NotebookClient

path = pathlib.Path(sys.argv[1])
notebook = nbformat.read(path, as_version=4)
NotebookClient(
    notebook,
    timeout=600,
    kernel_name="python3",
    resources={"metadata": {"path": str(path.parent)}},
).execute()  # fails with the cell's own error
cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
pictures = 0
for cell in cells:
    for output in cell.outputs:
        if "text" in output:
            print(output.text, end="", file=sys.stderr if output.name == "stderr" else sys.stdout)
        else:
            print(output.data.get("text/plain", ""))
            pictures += output.data.get("text/html", "").count("<img ") + any(kind.startswith("image/") for kind in output.data)
        cell.pop("execution_count", None)
print(f"ran {len(cells)} cells, {pictures} pictures")
if "--save" in sys.argv:
    for number, cell in enumerate(cells, 1):
        cell.metadata = {}
        cell.execution_count = number
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]  # Spark's and TensorFlow's logs
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)
