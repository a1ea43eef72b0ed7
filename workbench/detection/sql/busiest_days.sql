-- The days (since 1970) that the rhythm looks at. A date far outside the time of the other exchanges
-- is a default or a broken clock: it would make strangers meet, and a case of many fill the memory.
WITH days AS (
    SELECT epoch_ms(ts) // 86400000 AS day, count(*) AS n
    FROM exchanges WHERE isfinite(ts) GROUP BY day
), ranked AS (
    SELECT day, sum(n) OVER (ORDER BY day) / sum(n) OVER () AS upto FROM days
), bulk AS (
    SELECT min(day) FILTER (upto >= 0.01) AS first_day, min(day) FILTER (upto >= 0.99) AS last_day
    FROM ranked
)
SELECT day FROM days CROSS JOIN bulk
WHERE day BETWEEN 2 * first_day - last_day - 1 AND 2 * last_day - first_day + 1
ORDER BY n DESC, day LIMIT 1000
