/*+++
id = "trait-phrase"
title = "Same sentence in prompts"
rev = 2
kind = "trait"
family = "phrase"
weight = 0.7
hub_cap = 500
question = "Which accounts use the same sentence, digits apart, wherever it stands in a prompt?"
falsepositives = ["Popular public prompts", "Homework", "Benchmarks"]
references = ["MITRE ATLAS AML.T0065 LLM Prompt Crafting"]
+++*/
WITH sentences AS (
    SELECT t.account_id, t.ts,
           unnest(list_slice(string_split_regex(
               regexp_replace(lower(left(t.prompt, 2000)), '[0-9]+', '#', 'g'),
               '[.!?:;\n。！？：；،؟]+'), 1, 40)) AS raw
    FROM exchange_text AS t JOIN account_profile AS p ON p.account_id = t.account_id
    -- About 16 prompts of each account, picked by their time.
    WHERE t.prompt IS NOT NULL AND (epoch_ms(t.ts) % 9973) * p.exchanges < 16 * 9973
), kept AS (
    SELECT account_id, ts, left(trim(raw), 120) AS value
    FROM sentences WHERE strlen(trim(raw)) >= 20
)
SELECT account_id, value, count(*) AS n, min(ts) AS first_ts, max(ts) AS last_ts
FROM kept GROUP BY account_id, value
