INSERT INTO links
WITH shared AS (
    SELECT value, accounts,
           CAST(row_number() OVER (ORDER BY value) - 1 AS INTEGER) AS v
    FROM trait_stats WHERE family = $family AND accounts > 1 AND NOT hub
)
SELECT $number, s.v, i.a, s.accounts
FROM traits AS t JOIN shared AS s ON s.value = t.value
JOIN account_index AS i ON i.account_id = t.account_id
WHERE t.family = $family
