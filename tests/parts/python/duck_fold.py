"""Folds a ledger with DuckDB and prints what it comes to: duck_fold.py FOLDER spend|savings.

The same as `costctl report`, for a ledger in which no price changes within a run: runs
until they were gone or not told any more, cut at midnight; stops until the cap or the next
run of the resource.
"""

import json
import sys

import duckdb

COLUMNS = {
    "account": "VARCHAR",
    "region": "VARCHAR",
    "at": "TIMESTAMP",
    "line": "VARCHAR",
    "resource": "VARCHAR",
    "began": "TIMESTAMP",
    "since": "TIMESTAMP",
    "gone_at": "TIMESTAMP",
    "rate": "STRUCT(micro_usd_per_hour BIGINT)",
}
RUNS = """
CREATE TEMP TABLE looks AS SELECT DISTINCT account, region, "at" FROM lines WHERE line = 'look';
CREATE TEMP TABLE told AS
  SELECT account, region, resource, began, min(since) AS begin, max("at") AS told,
         arg_max(rate.micro_usd_per_hour, "at") AS rate
  FROM lines WHERE line = 'ran' GROUP BY ALL;
CREATE TEMP TABLE gone AS
  SELECT account, region, resource, began, min(coalesce(gone_at, "at")) AS gone, any_value(gone_at) AS stopped
  FROM lines WHERE line IN ('gone', 'stopped') GROUP BY ALL;
CREATE TEMP TABLE absent AS
  SELECT told.*, gone.stopped, least(gone.gone, later."at") AS absent
  FROM told LEFT JOIN gone USING (account, region, resource, began)
  ASOF LEFT JOIN looks later ON told.account = later.account AND told.region = later.region
    AND date_trunc('day', told.told) + INTERVAL 1 DAY <= later."at";
CREATE TEMP TABLE runs AS
  SELECT absent.*, coalesce(absent.stopped, greatest(told, coalesce(before."at", told))) AS ended
  FROM absent ASOF LEFT JOIN looks before ON absent.account = before.account AND absent.region = before.region
    AND coalesce(absent.absent, TIMESTAMP '9999-01-01') > before."at";
"""
SPEND = """
WITH days AS (
  SELECT rate, greatest(begin, day) AS a, least(ended, day + INTERVAL 1 DAY) AS b
  FROM runs, unnest(range(date_trunc('day', begin), ended, INTERVAL 1 DAY)) AS days(day))
SELECT sum(epoch(b)::BIGINT - epoch(a)::BIGINT), sum(rate * (epoch(b)::BIGINT - epoch(a)::BIGINT) // 3600)
FROM days WHERE a < b
"""
SAVINGS = """
WITH saved AS (
  SELECT rate, stopped AS a,
         least(stopped + INTERVAL 24 HOUR, (SELECT max("at") FROM looks),
               coalesce(lead(begin) OVER (PARTITION BY account, region, resource ORDER BY began),
                        TIMESTAMP '9999-01-01')) AS b
  FROM runs),
days AS (
  SELECT rate, greatest(a, day) AS a, least(b, day + INTERVAL 1 DAY) AS b
  FROM saved, unnest(range(date_trunc('day', a), b, INTERVAL 1 DAY)) AS days(day)
  WHERE a IS NOT NULL AND a < b)
SELECT sum(epoch(b)::BIGINT - epoch(a)::BIGINT), sum(rate * (epoch(b)::BIGINT - epoch(a)::BIGINT) // 3600) FROM days
"""


def main():
    folder, what = sys.argv[1:]
    duck = duckdb.connect()
    source = f"read_json('{folder}/**/*.jsonl', format = 'newline_delimited', columns = {COLUMNS})"
    duck.execute(f"CREATE TEMP TABLE lines AS SELECT * FROM {source}")
    duck.execute(RUNS)
    seconds, micro_usd = duck.execute(SPEND if what == "spend" else SAVINGS).fetchone()
    print(json.dumps({"seconds": int(seconds), "list_micro_usd": int(micro_usd)}))


main()
