/*+++
id = "trait-habits"
title = "Requests and answers of the same size"
kind = "trait"
family = "habits"
weight = 0.3
hub_cap = 200
question = "Which accounts have requests and answers of the same usual length, and as many turns?"
+++*/
WITH usual AS (
    SELECT account_id, exchanges, first_ts, last_ts,
           ln(1 + median_input_tokens) AS sent, ln(1 + median_output_tokens) AS answered,
           coalesce(CAST(round(one_turn_share * 2) AS INTEGER), -1) AS turns
    FROM account_profile
    WHERE exchanges >= 8 AND median_input_tokens IS NOT NULL AND median_output_tokens IS NOT NULL
), grids AS (
    -- Two grids, one shifted by half a step, so that neighbours across an edge meet in the other.
    SELECT account_id, exchanges, first_ts, last_ts, turns, 0 AS grid,
           CAST(floor(sent / 0.5) AS INTEGER) AS x, CAST(floor(answered / 0.5) AS INTEGER) AS y
    FROM usual
    UNION ALL
    SELECT account_id, exchanges, first_ts, last_ts, turns, 1,
           CAST(floor(sent / 0.5 + 0.5) AS INTEGER), CAST(floor(answered / 0.5 + 0.5) AS INTEGER)
    FROM usual
)
SELECT account_id,
       'in ' || CAST(round(exp((x + 0.5 - 0.5 * grid) * 0.5) - 1) AS BIGINT) || ', out '
           || CAST(round(exp((y + 0.5 - 0.5 * grid) * 0.5) - 1) AS BIGINT) || ' tokens, '
           || CASE turns WHEN 2 THEN 'one turn' WHEN 1 THEN 'few turns' WHEN 0 THEN 'many turns'
                         ELSE 'turns unknown' END
           || CASE grid WHEN 1 THEN ' ±' ELSE '' END AS value,
       exchanges AS n, first_ts, last_ts
FROM grids
