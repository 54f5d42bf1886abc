"""Prints, as JSON, what a PySpark wrapper's source says of a stage's parameters. Needs no PySpark.

usage: wrapper_params.py FILE CLASS
"""

import ast
import json
import sys


def constant(node):
    """The value of a literal; None where there is none."""
    return None if node is None else ast.literal_eval(node)


def functions(stage):
    return {item.name: item for item in stage.body if isinstance(item, ast.FunctionDef)}


def params(stage):
    """The class's Params by their names: the name and doc they are made with, and their converter."""
    found = {}
    for item in stage.body:
        is_param = (
            isinstance(item, ast.Assign)
            and isinstance(item.value, ast.Call)
            and getattr(item.value.func, "id", None) == "Param"
        )
        if is_param:
            keywords = {keyword.arg: keyword.value for keyword in item.value.keywords}
            found[item.targets[0].id] = {
                "name": constant(item.value.args[1]),
                "doc": constant(item.value.args[2]),
                "converter": keywords["typeConverter"].attr,
            }
    return found


def set_defaults(init):
    """The keywords of the constructor's call of _setDefault."""
    for node in ast.walk(init):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "_setDefault":
            return {keyword.arg: constant(keyword.value) for keyword in node.keywords}
    return {}


def keyword_defaults(init):
    arguments = init.args
    return {
        argument.arg: constant(default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults)
    }


def main(file, name):
    with open(file, encoding="utf-8") as source:
        tree = ast.parse(source.read(), file)
    (stage,) = [item for item in tree.body if isinstance(item, ast.ClassDef) and item.name == name]
    methods = functions(stage)
    print(
        json.dumps(
            {
                "params": params(stage),
                "defaults": set_defaults(methods["__init__"]),
                "arguments": keyword_defaults(methods["__init__"]),
                "methods": sorted(methods),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
