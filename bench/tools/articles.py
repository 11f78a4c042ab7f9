"""What the contenders share: reading JSON Lines and making shingles, by the words of neardup/reuters2013/jaccard.tsv (runs of letters or
digits, lower-cased), so that they compare the same sets. Libraries that bring their own reader and tokeniser do not use this file."""

import argparse
import json
import re

WIDTH = 5
THRESHOLD = 0.7
WORD = re.compile(r"[^\W_]+")


def arguments():
    """The command line of every contender: IN.jsonl, KEPT (ids, one a line), --groups FILE (pairs of ids called the same), --jobs."""
    p = argparse.ArgumentParser()
    p.add_argument("input")
    p.add_argument("kept")
    p.add_argument("--groups")
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--dir", required=True, help="scratch folder, empty")
    return p.parse_args()


def shingles(line):
    """The id of the article in a line, and its word 5-grams as a list of strings; shorter articles have none."""
    article = json.loads(line)
    words = WORD.findall(article["text"].lower())
    return article["id"], [" ".join(words[i : i + WIDTH]) for i in range(len(words) - WIDTH + 1)]


def chunks(path, lines=500):
    """Lists of lines, for workers to take one at a time."""
    chunk = []
    with open(path, "rb") as f:
        for line in f:
            chunk.append(line)
            if len(chunk) == lines:
                yield chunk
                chunk = []
    if chunk:
        yield chunk
