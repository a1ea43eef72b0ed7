-- What loaded and can hardly be meant: one account for everybody, days without hours, seconds read
-- as milliseconds, ids that a spreadsheet rounded, payments in words that no query knows.
WITH held AS (
    SELECT account_id, exchanges AS n, sum(exchanges) OVER () AS total FROM account_profile
), most AS (
    SELECT account_id, n, total FROM held ORDER BY n DESC, account_id LIMIT 1
), timed AS (
    SELECT count(*) AS n, count(*) FILTER (WHERE CAST(ts AS TIME) = TIME '00:00:00') AS midnight,
           count(latency_ms) AS latencies,
           count(*) FILTER (WHERE latency_ms BETWEEN 0 AND 120) AS short,
           max(latency_ms) FILTER (WHERE latency_ms BETWEEN 0 AND 120) AS longest,
           count(ttft_ms) AS firsts, count(*) FILTER (WHERE ttft_ms BETWEEN 0 AND 1) AS short_firsts
    FROM exchanges
), ids AS (
    SELECT 'exchanges' AS table_name, account_id, exchanges AS n FROM account_profile
    WHERE exchanges > 0
    UNION ALL SELECT 'accounts', account_id, 1 FROM accounts
    UNION ALL SELECT 'payments', account_id, 1 FROM payments
    UNION ALL SELECT 'sightings', account_id, 1 FROM sightings
), rounded AS (
    SELECT table_name, sum(n) AS n, count(DISTINCT account_id) AS ids, min(account_id) AS example
    FROM ids WHERE regexp_full_match(account_id, '[0-9](\.[0-9]+)?[eE]\+?[0-9]+') GROUP BY 1
), fractions AS (
    SELECT table_name, sum(n) AS n, min(account_id) AS example
    FROM ids WHERE regexp_full_match(account_id, '[0-9]+\.0') GROUP BY 1
), paid AS (
    SELECT count(status) AS n, min(status) AS example,
           count(*) FILTER (WHERE status IN ('succeeded', 'failed', 'refunded', 'disputed'))
               AS known
    FROM payments
)
SELECT 'exchanges' AS table_name, 'account_id' AS column_name, 'one_account' AS code,
       CAST(n AS BIGINT) AS rows, account_id AS example,
       format('One account made {:.0f} % of all exchanges: often the default user of a gateway. If '
              || 'its customers are in another field, map account_id to that one.',
              100.0 * n / total) AS message
FROM most WHERE total >= 20 AND n * 2 > total
UNION ALL
SELECT 'exchanges', 'ts', 'only_midnight', n, '00:00:00',
       'Every time is midnight: the export kept days and dropped hours; rhythm cannot be seen.'
FROM timed WHERE n >= 10 AND midnight = n
UNION ALL
SELECT 'exchanges', 'latency_ms', 'seconds', short, CAST(longest AS VARCHAR),
       format('{} of {} latencies are {} ms or less: seconds? A mapping says so: latency_ms = '
              || '{{ from = "FIELD", unit = "s" }}.', short, latencies, longest)
FROM timed WHERE latencies >= 10 AND short >= 0.95 * latencies
UNION ALL
SELECT table_name, 'account_id', 'rounded_id', CAST(n AS BIGINT), example,
       format('Ids such as {} were rounded by a spreadsheet: what different accounts had is one '
              || 'id now ({} left). Export again with ids as text.', example, ids)
FROM rounded
UNION ALL
SELECT table_name, 'account_id', 'fraction_id', CAST(n AS BIGINT), example,
       format('Ids such as {} are numbers with a fraction, as exports of columns with gaps write '
              || 'them; they match no other table that has them without.', example)
FROM fractions
UNION ALL
SELECT 'payments', 'status', 'unknown_status', n, example,
       'No status is one that the queries know (succeeded, failed, refunded, disputed). A mapping '
       || 'translates: status = { from = "FIELD", values = { "' || example
       || '" = "succeeded" } }.'
FROM paid WHERE n > 0 AND known = 0
ORDER BY 1, 2, 3
