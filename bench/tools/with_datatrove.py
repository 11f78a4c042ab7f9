"""datatrove's MinHash pipeline as in its examples/minhash_deduplication.py: 64-bit hashes, 5-grams, 14 buckets of 8 (middle of the S-curve at 0.72),
its own word tokeniser and its own normalisation, which takes all numbers for one. Signatures, buckets and clusters, the signatures with a worker a
core. The fourth stage, which reads everything again to write the texts that stay, is left out: the ids follow from the third. It shares out
files, so the input is cut in one part a worker, by line; the cut is timed (it takes well under a second)."""

import glob
import json
import os
import struct

import articles


def cut(path, folder, parts):
    """Writes the file in parts of whole lines. Returns the ids of all articles, and of each part the ids that datatrove will count: its reader
    passes over articles of an empty text, and its results name an article by its place among the others."""
    size = os.path.getsize(path)
    every, counted = [], []
    os.makedirs(folder)
    with open(path, "rb") as f:
        for part in range(parts):
            counted.append([])
            with open(os.path.join(folder, f"{part:05d}.jsonl"), "wb") as out:
                while f.tell() < size * (part + 1) // parts:
                    line = f.readline()
                    out.write(line)
                    article = json.loads(line)
                    every.append(article["id"])
                    if article["text"]:
                        counted[-1].append(article["id"])
    return every, counted


def main():
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.utils.hashing import HashConfig
    from datatrove.utils.typeshelper import Languages

    args = articles.arguments()
    at = lambda name: os.path.join(args.dir, name)
    every, counted = cut(args.input, at("parts"), args.jobs)
    config = MinhashConfig(hash_config=HashConfig(precision=64), n_grams=articles.WIDTH, num_buckets=14, hashes_per_bucket=8)

    def run(stage, tasks, steps, workers=1):
        LocalPipelineExecutor(steps, tasks=tasks, workers=workers, logging_dir=at("logs") + stage, skip_completed=False).run()

    # Only the first stage is work. The others stay in this process: a worker would load all libraries anew for each of the 14 buckets.
    run("1", args.jobs, [JsonlReader(at("parts")), MinhashDedupSignature(at("signatures"), config=config, language=Languages.english)], args.jobs)
    run("2", config.num_buckets, [MinhashDedupBuckets(at("signatures"), at("buckets"), config=config)])
    run("3", 1, [MinhashDedupCluster(at("buckets"), at("clusters"), config=config, save_cluster_id=bool(args.groups))])

    removed = set()
    for path in glob.glob(at("clusters") + "/*.remove"):
        part = int(os.path.basename(path).split(".")[0])
        with open(path, "rb") as f:
            removed.update(counted[part][doc] for (doc,) in struct.iter_unpack("<I", f.read()))
    with open(args.kept, "w") as out:
        out.writelines(article + "\n" for article in every if article not in removed)
    if args.groups:
        first = {}
        with open(args.groups, "w") as out:
            for path in sorted(glob.glob(at("clusters") + "/*.clusters")):
                part = int(os.path.basename(path).split(".")[0])
                with open(path, "rb") as f:
                    for doc, cluster in struct.iter_unpack("<II", f.read()):
                        article = counted[part][doc]
                        if first.setdefault(cluster, article) != article:
                            out.write(f"{first[cluster]}\t{article}\n")


if __name__ == "__main__":
    main()
