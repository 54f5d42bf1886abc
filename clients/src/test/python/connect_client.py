"""The SQL functions through a Spark Connect server: connect_client.py SERVER FOLDER_OF_IMAGES."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import call_function, col

server, folder = sys.argv[1:]
spark = SparkSession.builder.remote(server).getOrCreate()
images = spark.read.format("binaryFile").load(folder)

embedded = images.select("path", call_function("mobilenet_embed", col("content")).alias("e"))
for row in embedded.groupBy("e.status").count().orderBy("status").collect():
    print("status", row["status"], row["count"])

vectors = images.select("path", call_function("mobilenet_features", col("content")).alias("v"))
table = vectors.orderBy("path").toPandas()
print("pandas", len(table), {len(v) for v in table["v"]})

images.createOrReplaceTempView("images")
near = spark.sql(
    "SELECT max(mobilenet_cosine_similarity(mobilenet_features(a.content),"
    " mobilenet_features(b.content))) FROM images a JOIN images b ON a.path = b.path"
)
print("cosine", round(near.first()[0], 4))
spark.stop()
