"""rensa's fastest pipeline, the one of its published benchmark: a rho digest matrix, then one-shot LSH flags. Its answer is weaker than a list
of kept ids: it flags every member of a duplicate group, the first too, and does not say of what. Rho samples tokens by their place, so the
shingles go in as lists. 16 bands of 8 rows put the S-curve's middle at (1/16)^(1/8) = 0.71."""

from rensa import RMinHash, RMinHashLSH

import articles



def main():
    args = articles.arguments()
    ids, sets, short = [], [], []
    with open(args.input, "rb") as f:
        for line in f:
            article, shingles = articles.shingles(line)
            if shingles:
                ids.append(article)
                sets.append(shingles)
            else:
                short.append(article)
    matrix = RMinHash.digest_matrix_from_token_sets_rho(sets, num_perm=128, seed=42, probes=4)
    flags = RMinHashLSH(threshold=articles.THRESHOLD, num_perm=128, num_bands=16).query_duplicate_flags_matrix_one_shot(matrix)
    with open(args.kept, "w") as out:
        out.writelines(article + "\n" for article, flag in zip(ids, flags) if not flag)
        out.writelines(article + "\n" for article in short)
    if args.groups:
        with open(args.groups, "w") as out:
            out.writelines(f"{article}\n" for article, flag in zip(ids, flags) if flag)


if __name__ == "__main__":
    main()
