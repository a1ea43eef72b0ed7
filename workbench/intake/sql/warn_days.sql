-- UTC days without any exchange between the first and the last: gaps in the extract. Outliers
-- (1970, the far future) are no days of the extract: only the central 99.8% are spanned.
WITH days AS (
    SELECT CAST(ts AS DATE) AS day, count(*) AS n FROM exchanges GROUP BY 1
), ranked AS (
    SELECT day, sum(n) OVER (ORDER BY day) AS upto, sum(n) OVER () AS total FROM days
), span AS (
    SELECT min(day) FILTER (WHERE upto > total * 0.001) AS low,
           min(day) FILTER (WHERE upto >= total * 0.999) AS high
    FROM ranked
), missing AS (
    SELECT CAST(unnest(range(low, high, INTERVAL 1 DAY)) AS DATE) AS day FROM span
    WHERE high - low < 3660
)
SELECT 'exchanges' AS table_name, 'ts' AS column_name, 'missing_days' AS code, count(*) AS rows,
       CAST(min(day) AS VARCHAR) AS example,
       'Days without a single exchange inside the span; the extract may have gaps.' AS message
FROM missing ANTI JOIN days USING (day) HAVING count(*) > 0
