/*+++
id = "overview-totals"
title = "What the case holds"
kind = "page"
+++*/
SELECT (SELECT count(*) FROM account_profile) AS accounts,
       (SELECT count(*) FROM exchanges) AS exchanges,
       (SELECT min(ts) FROM exchanges) AS first_ts,
       (SELECT max(ts) FROM exchanges) AS last_ts,
       (SELECT CAST(sum(input_tokens) AS BIGINT) FROM account_profile) AS input_tokens,
       (SELECT CAST(sum(output_tokens) AS BIGINT) FROM account_profile) AS output_tokens,
       (SELECT count(*) FROM clusters) AS clusters,
       (SELECT count(*) FROM clusters WHERE campaign_like) AS campaigns,
       (SELECT CAST(coalesce(sum(rejected), 0) AS BIGINT) FROM sources) AS rejected
