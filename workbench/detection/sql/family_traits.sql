INSERT INTO traits
SELECT f.account_id, $family, f.value, CAST(sum(f.n) AS BIGINT), min(f.first_ts), max(f.last_ts)
FROM found AS f
SEMI JOIN (SELECT value FROM trait_stats WHERE family = $family) AS s ON s.value = f.value
GROUP BY f.account_id, f.value
ORDER BY f.value, f.account_id
