-- Accounts that the tables disagree about.
WITH made AS (
    SELECT account_id, min(created_at) AS created_at, count(*) AS n FROM accounts
    GROUP BY account_id
), early AS (
    SELECT p.account_id, m.created_at FROM account_profile p JOIN made m USING (account_id)
    WHERE p.first_ts < m.created_at
), others AS (
    SELECT 'payments' AS table_name, 'Payments' AS what, account_id, ts FROM payments
    UNION ALL SELECT 'sightings', 'Sightings', account_id, ts FROM sightings
), unknown AS (
    SELECT 'exchanges' AS table_name, 'Exchanges' AS what, account_id, exchanges AS n
    FROM account_profile WHERE exchanges > 0
    UNION ALL SELECT table_name, what, account_id, count(*) FROM others GROUP BY ALL
)
SELECT 'exchanges' AS table_name, 'ts' AS column_name, 'before_account' AS code,
       (SELECT count(*) FROM exchanges e JOIN early USING (account_id) WHERE e.ts < early.created_at)
           AS rows,
       min(account_id) AS example, 'Exchanges before their account was created.' AS message
FROM early HAVING count(*) > 0
UNION ALL
SELECT table_name, 'ts', 'before_account', count(*), min(account_id),
       what || ' well before their account was created: often times of another zone.'
FROM others JOIN made USING (account_id) WHERE ts < created_at - INTERVAL 5 MINUTE
GROUP BY table_name, what
UNION ALL
SELECT 'accounts', 'account_id', 'duplicate_id', count(*), min(account_id),
       'Accounts that appear more than once; each row is kept.'
FROM made WHERE n > 1 HAVING count(*) > 0
UNION ALL
SELECT table_name, 'account_id', 'unknown_account', CAST(sum(u.n) AS BIGINT), min(account_id),
       format('{} of {:,} accounts that are not in accounts.', what, count(DISTINCT account_id))
FROM unknown u ANTI JOIN made USING (account_id)
WHERE EXISTS (FROM accounts) GROUP BY table_name, what
UNION ALL
SELECT 'exchanges', 'account_id', 'nobody', CAST(sum(exchanges) AS BIGINT), min(account_id),
       'Exchanges of nobody: what stands for no account is read as one. A mapping says which cells '
       || 'stand for nothing: empty = ["' || min(account_id) || '"].'
FROM account_profile
WHERE lower(trim(account_id)) IN (
    '-', '--', 'null', '(null)', '<null>', '\n', 'none', 'nil', 'nan', 'n/a', 'na', 'undefined',
    'unknown', 'anonymous')
HAVING count(*) > 0
ORDER BY 1, 2, 3
