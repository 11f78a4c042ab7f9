"""text-dedup's MinHash command as its README calls it, on a local JSON Lines file, with its defaults (250 permutations, sha1, bands of its choice);
ngram 5 and threshold 0.7 are its defaults too. Then the ids of the data set that it saved."""

import os
import pickle
import subprocess
import sys

import articles


def main():
    args = articles.arguments()
    saved = os.path.join(args.dir, "kept")
    command = [sys.executable, "-m", "text_dedup.minhash", "--path", "json", "--data_files", args.input, "--split", "train"]
    command += ["--cache_dir", os.path.join(args.dir, "cache"), "--output", saved, "--column", "text", "--batch_size", "10000"]
    command += ["--ngram", str(articles.WIDTH), "--threshold", str(articles.THRESHOLD), "--num_proc", str(args.jobs)]
    if args.groups:
        command += ["--debug", "--idx_column", "id"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": args.dir})

    from datasets import load_from_disk

    with open(args.kept, "w") as out:
        out.writelines(article + "\n" for article in load_from_disk(saved)["id"])
    if args.groups:
        with open(os.path.join(saved, "uf.pkl"), "rb") as f:
            found = pickle.load(f)
        with open(args.groups, "w") as out:
            for article in found.parent:
                if found.find(article) != article:
                    out.write(f"{found.find(article)}\t{article}\n")


if __name__ == "__main__":
    main()
