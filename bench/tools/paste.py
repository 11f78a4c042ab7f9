"""Puts a table, read from standard input, between <!-- NAME --> and <!-- /NAME --> in a markdown file: paste.py NAME FILE < TABLE."""

import re
import sys

name, path = sys.argv[1:]
table = sys.stdin.read().strip()
if "|---" not in table:
    sys.exit(f"paste.py: no table to put into {path}")
with open(path) as f:
    text = f.read()
pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
if not pattern.search(text):
    sys.exit(f"paste.py: no <!-- {name} --> in {path}")
with open(path, "w") as f:
    f.write(pattern.sub(lambda m: m[1] + "\n" + table + "\n\n" + m[2], text))
