"""rensa as its README's "Keep unique documents": RMinHashDeduplicator over full-set R-MinHash, 128 slots. The sketches are made by a process
a core, because the shingles are made in Python, where the time goes; the deduplicator itself is one."""

import multiprocessing

from rensa import RMinHash, RMinHashDeduplicator

import articles


def sketch(lines):
    ids, sets = [], []
    for line in lines:
        article, shingles = articles.shingles(line)
        ids.append(article)
        sets.append(shingles)
    return ids, [bool(s) for s in sets], RMinHash.from_token_sets(sets, num_perm=128, seed=42)


def main():
    args = articles.arguments()
    dedup = RMinHashDeduplicator(threshold=articles.THRESHOLD, num_perm=128, use_lsh=True)
    sketches = {}  # for --groups only: all that were kept
    groups = open(args.groups, "w") if args.groups else None
    with multiprocessing.Pool(args.jobs) as pool, open(args.kept, "w") as out:
        for ids, full, hashes in pool.imap(sketch, articles.chunks(args.input)):
            entries = []
            for article, some, h in zip(ids, full, hashes):
                if some:
                    entries.append((article, h))
                else:  # all empty sets are equal to rensa; an article without shingles is no copy of another
                    out.write(article + "\n")
            if groups is None:
                keep = dedup.add_pairs(entries)
            else:
                keep = [follow(dedup, article, h, sketches, groups) for article, h in entries]
            out.writelines(article + "\n" for (article, _), k in zip(entries, keep) if k)


def follow(dedup, article, h, sketches, groups):
    """Adds one, and writes down which kept articles stood in its way: what add_pairs decides without saying."""
    if dedup.add(article, h):
        sketches[article] = h
        return True
    for other in dedup.get_duplicates(h):
        if other in sketches and h.jaccard(sketches[other]) >= articles.THRESHOLD:
            groups.write(f"{other}\t{article}\n")
    return False


if __name__ == "__main__":
    main()
