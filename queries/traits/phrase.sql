/*+++
id = "trait-phrase"
title = "Same sentence in prompts"
kind = "trait"
family = "phrase"
weight = 0.7
hub_cap = 100
question = "Which accounts use the same sentence, digits apart, wherever it stands in a prompt?"
+++*/
WITH span AS (
    SELECT account_id, min(rowid) AS low, count(*) AS n FROM exchange_text GROUP BY account_id
), picked AS (
    SELECT DISTINCT low + CAST(floor(k * n / 16.0) AS BIGINT) AS place
    FROM span, range(16) AS steps(k)
), sentences AS (
    SELECT t.account_id, t.ts,
           unnest(list_slice(string_split_regex(
               regexp_replace(lower(left(t.prompt, 2000)), '[0-9]+', '#', 'g'),
               '[.!?:;\n。！？：；،؟]+'), 1, 40)) AS raw
    FROM exchange_text AS t SEMI JOIN picked AS p ON t.rowid = p.place
    WHERE t.prompt IS NOT NULL
), kept AS (
    SELECT account_id, ts, left(trim(raw), 120) AS value
    FROM sentences WHERE strlen(trim(raw)) >= 20
)
SELECT account_id, value, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
FROM kept GROUP BY account_id, value
