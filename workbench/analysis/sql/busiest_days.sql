-- The days (since 1970) that the rhythm looks at: a case of stray dates must not fill the memory.
SELECT epoch_ms(ts) // 86400000 AS day
FROM exchanges WHERE isfinite(ts) GROUP BY day
ORDER BY count(*) DESC, day LIMIT 1000
