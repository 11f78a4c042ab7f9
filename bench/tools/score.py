"""Recall and precision against neardup/reuters2013/jaccard.tsv, which lists all pairs of exact Jaccard ≥ 0.5 of word-5-gram sets.

Recall: of the gold pairs with Jaccard ≥ 0.75, the share that is reported or falls in one cluster (for flags: both flagged).
Precision: of the reported pairs, the share with a true Jaccard ≥ 0.70, and ≥ 0.65, which forgives estimates and other tokens. A tool that reports
clusters claims every pair in one. For flags: of the flagged articles, the share that has any partner at that Jaccard."""

import itertools


def read_gold(path):
    gold = {}
    with open(path) as f:
        for line in f:
            a, b, jaccard = line.rstrip("\n").split("\t")
            gold[frozenset((a, b))] = float(jaccard)
    return gold


def components(pairs):
    parent = {}

    def find(a):
        parent.setdefault(a, a)
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    for a, b in pairs:
        parent[find(a)] = find(b)
    return {a: find(a) for a in list(parent)}


def score(path, kind, gold):
    """Returns recall, precision at 0.70, precision at 0.65."""
    with open(path) as f:
        rows = [tuple(line.rstrip("\n").split("\t")) for line in f]
    wanted = [pair for pair, jaccard in gold.items() if jaccard >= 0.75]
    if kind == "flags":
        flagged = {row[0] for row in rows}
        best = {}
        for pair, jaccard in gold.items():
            for article in pair:
                best[article] = max(best.get(article, 0), jaccard)
        found = sum(pair <= flagged for pair in wanted)
        right = lambda least: sum(best.get(a, 0) >= least for a in flagged) / max(1, len(flagged))
        return found / len(wanted), right(0.7), right(0.65)
    cluster = components(rows)
    claims = {frozenset(row) for row in rows}
    if kind == "clusters":
        members = {}
        for article, root in cluster.items():
            members.setdefault(root, []).append(article)
        claims = {frozenset(pair) for group in members.values() for pair in itertools.combinations(group, 2)}
    found = sum(len({cluster.get(a, a) for a in pair}) == 1 for pair in wanted)
    right = lambda least: sum(gold.get(pair, 0) >= least for pair in claims) / max(1, len(claims))
    return found / len(wanted), right(0.7), right(0.65)
