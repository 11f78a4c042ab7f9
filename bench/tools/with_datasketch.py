"""datasketch: MinHash.generator (its bulk way, many times faster than update in a loop) with 128 permutations, a process a core; then MinHashLSH,
query before insert, and every candidate checked by the estimated Jaccard, as its maintainer recommends for removing duplicates (issue 188)."""

import multiprocessing

from datasketch import LeanMinHash, MinHash, MinHashLSH

import articles


def sketch(lines):
    ids, sets = [], []
    for line in lines:
        article, shingles = articles.shingles(line)
        ids.append(article)
        sets.append([s.encode() for s in shingles])
    return ids, [bool(s) for s in sets], [LeanMinHash(m) for m in MinHash.generator(sets, num_perm=128, seed=1)]


def main():
    args = articles.arguments()
    lsh = MinHashLSH(threshold=articles.THRESHOLD, num_perm=128)
    sketches = {}
    groups = open(args.groups, "w") if args.groups else None
    with multiprocessing.Pool(args.jobs) as pool, open(args.kept, "w") as out:
        for ids, full, hashes in pool.imap(sketch, articles.chunks(args.input)):
            for article, some, h in zip(ids, full, hashes):
                found = []
                if some:  # the empty set equals every other empty set
                    found = [o for o in lsh.query(h) if h.jaccard(sketches[o]) >= articles.THRESHOLD]
                    lsh.insert(article, h, check_duplication=False)
                    sketches[article] = h
                if not found:
                    out.write(article + "\n")
                elif groups:
                    groups.writelines(f"{other}\t{article}\n" for other in found)


if __name__ == "__main__":
    main()
