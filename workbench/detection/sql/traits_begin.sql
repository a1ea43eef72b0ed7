CREATE OR REPLACE TABLE traits (
    account_id VARCHAR, family VARCHAR, value VARCHAR, n BIGINT,
    first_ts TIMESTAMP, last_ts TIMESTAMP
);
CREATE OR REPLACE TABLE trait_stats (
    family VARCHAR, value VARCHAR, accounts BIGINT, rarity DOUBLE, hub BOOLEAN
);
CREATE OR REPLACE TEMP TABLE account_index AS
SELECT account_id, CAST(row_number() OVER (ORDER BY account_id) - 1 AS INTEGER) AS a
FROM account_profile;
CREATE OR REPLACE TEMP TABLE links (number INTEGER, v INTEGER, a INTEGER, accounts INTEGER)
