-- Examples over the table of ledger.sql. `by` is a keyword of SELECT, so it stands in quotes.

-- Stops of the last 30 days by who did it and how well that is known. Of several words about the
-- stop of one run the same counts as in `costctl report`: the best grade, then the earliest.
SELECT "by", grade, count(*) AS stops
FROM (
  SELECT "by", grade,
         row_number() OVER (
           PARTITION BY account, region, resource, began
           ORDER BY CASE grade WHEN 'measured' THEN 1 WHEN 'inferred' THEN 2 ELSE 3 END, gone_at
         ) AS place
  FROM costctl_ledger
  WHERE line = 'stopped' AND dt >= cast(current_date - interval '30' day AS varchar)
)
WHERE place = 1
GROUP BY "by", grade
ORDER BY stops DESC;

-- What ran on a day, by team and instance type: how many runs, for how much an hour each, and how
-- many have no price. Apps that ran one after the other are several runs: it is no run rate.
SELECT coalesce(element_at(latest.tags, 'Team'), 'unattributed') AS team,
       latest.instance_type,
       count(*) AS runs,
       avg(latest.rate.micro_usd_per_hour) / 1e6 AS usd_per_hour_each,
       count_if(latest.rate.micro_usd_per_hour IS NULL) AS unpriced
FROM (
  SELECT max_by(cast(ROW(tags, instance_type, rate) AS ROW(
           tags map(varchar, varchar), instance_type varchar,
           rate ROW(micro_usd_per_hour bigint, list varchar, unpriced varchar))), at) AS latest
  FROM costctl_ledger
  WHERE line = 'ran' AND dt = '2026-11-25'
  GROUP BY account, region, resource, began
)
GROUP BY 1, 2
ORDER BY runs DESC;

-- How often was looked, by day: where there are few looks, there is little to count.
SELECT account, region, dt, count(DISTINCT at) AS looks
FROM costctl_ledger
WHERE line = 'look' AND dt >= cast(current_date - interval '7' day AS varchar)
GROUP BY account, region, dt
ORDER BY account, region, dt;
