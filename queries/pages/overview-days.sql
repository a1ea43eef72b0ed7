/*+++
id = "overview-days"
title = "Exchanges a day"
kind = "page"
+++*/
SELECT CAST(date_trunc('day', ts) AS DATE) AS day, count(*) AS exchanges,
       count(DISTINCT account_id) AS accounts,
       CAST(sum(output_tokens) FILTER (WHERE output_tokens BETWEEN -1e12 AND 1e12) AS BIGINT)
           AS output_tokens
FROM exchanges GROUP BY ALL ORDER BY day
