"""Articles, the program, and a Spark that kills: a cluster of two workers on this machine, each with a process of its own."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARTICLES = int(os.environ.get("DEDUP_SPARK_ARTICLES", "20000"))


@pytest.fixture(scope="session")
def program() -> str:
    """The program: DEDUP_PROGRAM, or built from the repository."""
    if os.environ.get("DEDUP_PROGRAM"):
        return os.environ["DEDUP_PROGRAM"]
    if not shutil.which("go"):
        pytest.skip("no program: neither DEDUP_PROGRAM nor go is here")
    out = ROOT / "bin" / "dedup"
    subprocess.run(["go", "build", "-o", out, "./cmd/dedup"], cwd=ROOT, check=True, env={**os.environ, "CGO_ENABLED": "0"})
    return str(out)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Planted articles, a third of them made from others: DEDUP_SPARK_CORPUS, or made by bench/plant."""
    if os.environ.get("DEDUP_SPARK_CORPUS"):
        return os.environ["DEDUP_SPARK_CORPUS"]
    if not shutil.which("go"):
        pytest.skip("no articles: neither DEDUP_SPARK_CORPUS nor go is here")
    path = tmp_path_factory.mktemp("corpus") / "planted.jsonl"
    subprocess.run(["go", "run", "./plant", "-n", str(ARTICLES), "-o", path], cwd=ROOT / "bench", check=True)
    return str(path)


@pytest.fixture(scope="session")
def spark():
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("no Java")
    pyspark = pytest.importorskip("pyspark", reason="no pyspark")
    # The executors are started by the scripts of SPARK_HOME, with the Python that runs this.
    os.environ["SPARK_HOME"] = os.path.dirname(pyspark.__file__)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]").appName("dedup tests").config("spark.ui.enabled", "false").config("spark.executor.memory", "1g")
        .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
