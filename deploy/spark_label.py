"""Label Parquet files on a Spark cluster, with a model of the registry.

    spark-submit deploy/spark_label.py 'in/*.parquet' out --model models:/upr-labeller@champion

The files have a column `text`, and `language` if it is known; the output has their columns and the labels of
`upr label`. Every worker needs Python with the packages that MLflow lists in the model's requirements.txt;
the model brings the code that labels.
"""

from __future__ import annotations

import argparse
from typing import Any

import mlflow
from pyspark.sql import SparkSession
from pyspark.sql import functions as spark_functions
from pyspark.sql.types import StructType

LABELS = (
    "action double, action_confidence double, action_set array<long>, issues array<string>, "
    "issue_scores map<string, double>, needs_review boolean, review_reasons array<string>, "
    "label_source string, model_version string, taxonomy_version string"
)
"""The columns of labels and their types, as MLflow can give them to Spark: it makes no whole number of a
missing value, so the action is a floating-point one first.
"""


def labelled(spark: SparkSession, table: Any, model: str) -> Any:
    """A table with the labels of its texts beside its columns. Args: `model`, its address in MLflow."""
    label = mlflow.pyfunc.spark_udf(spark, model, result_type=LABELS, env_manager="local")
    given = [name for name in ("text", "language") if name in table.columns]
    found = table.withColumn("_labels", label(spark_functions.struct(*given)))
    columns = {name: found["_labels"][name] for name in StructType.fromDDL(LABELS).names}
    columns["action"] = columns["action"].cast("long")
    # Before version 3, pandas writes the missing source of a text that has no label as the word "None".
    source = columns["label_source"]
    columns["label_source"] = spark_functions.when(source != "None", source)
    kept = [name for name in table.columns if name not in columns]
    return found.select(*kept, *(column.alias(name) for name, column in columns.items()))


def main() -> None:
    """Read, label, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", help="Parquet files, a folder, or a pattern")
    parser.add_argument("out", help="a folder that is not there yet")
    parser.add_argument("--model", default="models:/upr-labeller@champion", help="default: %(default)s")
    asked = parser.parse_args()
    spark = SparkSession.builder.appName("upr label").getOrCreate()
    labelled(spark, spark.read.parquet(asked.source), asked.model).write.parquet(asked.out)
    spark.stop()


if __name__ == "__main__":
    main()
