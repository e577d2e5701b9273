-- Stops of the last 30 days by who did it and how well that is known. One stop of a run counts.
SELECT by, grade, count(*) AS stops
FROM (
  SELECT account, region, resource, began,
         min_by(by, gone_at) AS by, min_by(grade, gone_at) AS grade
  FROM costctl_ledger
  WHERE line = 'stopped' AND dt >= cast(current_date - interval '30' day AS varchar)
  GROUP BY account, region, resource, began
)
GROUP BY by, grade
ORDER BY stops DESC;

-- What ran on a day, by team and instance type, at the rate that was told last: USD an hour, and
-- how much of it has no price.
SELECT coalesce(element_at(latest.tags, 'Team'), 'unattributed') AS team,
       latest.instance_type,
       count(*) AS runs,
       sum(latest.rate.micro_usd_per_hour) / 1e6 AS usd_per_hour,
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
ORDER BY usd_per_hour DESC;

-- How often was looked, by day: where there are few looks, there is little to count.
SELECT account, region, dt, count(DISTINCT at) AS looks
FROM costctl_ledger
WHERE line = 'look' AND dt >= cast(current_date - interval '7' day AS varchar)
GROUP BY account, region, dt
ORDER BY account, region, dt;
