-- Who holds each value of one family; a hub is too common, or an analyst has listed it.
INSERT INTO trait_stats
WITH held AS (
    SELECT value, count(DISTINCT account_id) AS accounts FROM found GROUP BY value
), listed AS (
    SELECT DISTINCT value FROM listed_values WHERE family = $family AND role IN ('hub', 'allow')
)
SELECT $family, h.value, h.accounts,
       ln(greatest((SELECT count(*) FROM account_index), 1) / CAST(h.accounts AS DOUBLE)),
       h.accounts > $cap OR l.value IS NOT NULL
FROM held AS h LEFT JOIN listed AS l ON l.value = h.value
WHERE h.accounts > 1 OR $singles
ORDER BY h.value
