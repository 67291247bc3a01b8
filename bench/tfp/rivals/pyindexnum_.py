"""GEKS over Törnqvist by pyindexnum: `pyindexnum_.py TABLE REPEATS` prints seconds and the index as JSON."""

import datetime
import json
import sys
import time

import polars as pl
from pyindexnum import geks_tornqvist

table, repeats = sys.argv[1], int(sys.argv[2])
df = pl.read_csv(table).with_columns(
    pl.col("period").map_elements(lambda t: datetime.date(2000 + t // 12, 1 + t % 12, 1), return_dtype=pl.Date),
    pl.col("product").cast(pl.String).alias("product_id"),
    pl.col("price").alias("aggregated_price"),
    pl.col("quantity").alias("aggregated_quantity"),
)
df = df.select("period", "product_id", "aggregated_price", "aggregated_quantity")
seconds, index = [], []
for _ in range(repeats):
    start = time.perf_counter()
    found = geks_tornqvist(df)
    seconds.append(time.perf_counter() - start)
    value = next(c for c in found.columns if c != "period")
    index = found.sort("period")[value].to_list()
print(json.dumps({"seconds": seconds, "index": index}))
