-- The ledger as a table of Athena: one row a line, as costctl writes it with --ledger.
--
-- Replace BUCKET/PREFIX, the accounts, the regions and the first day (README.md). Partitions are
-- projected: none is added by hand, and no crawler runs. What a later version adds to lines is
-- passed over.
--
-- Lines are facts, and some are told more than once. What they come to is computed by
-- `costctl report`; a query counts runs and stops by their keys, as those below do.

CREATE EXTERNAL TABLE IF NOT EXISTS costctl_ledger (
  `schema_version` int,
  `partition` string COMMENT 'aws, aws-cn, …',
  `at` string COMMENT 'when the look began, UTC',
  `line` string COMMENT 'look, ran, gone, stopped or idle',
  `kinds` array<string> COMMENT 'look: what was listed to the end',
  `resource` string COMMENT 'such as app/d-…/space/NAME/JupyterLab/default',
  `began` string COMMENT 'with resource the key of a run',
  `since` string COMMENT 'ran: like this since; idle: idle since',
  `owner` string,
  `instance_type` string,
  `component` string,
  `units` int,
  `rate` struct<micro_usd_per_hour:bigint,list:string,unpriced:string>,
  `tags` map<string,string>,
  `gone_at` string COMMENT 'stopped: verified gone',
  `by` string COMMENT 'stopped: idle-agent or costctl',
  `reason` string,
  `grade` string COMMENT 'measured, inferred or assumed',
  `idle_since` string,
  `native` string COMMENT 'off, unread, or {"minutes":N}',
  `until` string COMMENT 'idle: until when that is known',
  `ended` string COMMENT 'idle: not-yet, work or gone'
)
PARTITIONED BY (`account` string, `region` string, `dt` string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
-- Keys of tags keep their case.
WITH SERDEPROPERTIES ('case.insensitive' = 'FALSE', 'ignore.malformed.json' = 'FALSE')
LOCATION 's3://BUCKET/PREFIX/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.account.type' = 'enum',
  'projection.account.values' = '111122223333,444455556666',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'eu-west-1,us-east-1',
  'projection.dt.type' = 'date',
  'projection.dt.format' = 'yyyy-MM-dd',
  'projection.dt.range' = '2026-01-01,NOW',
  'storage.location.template' = 's3://BUCKET/PREFIX/account=${account}/region=${region}/dt=${dt}/'
);
