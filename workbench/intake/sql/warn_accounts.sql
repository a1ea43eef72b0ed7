-- Accounts that the tables disagree about.
WITH early AS (
    SELECT p.account_id, a.created_at FROM account_profile p
    JOIN (SELECT account_id, min(created_at) AS created_at FROM accounts GROUP BY account_id) a
        USING (account_id)
    WHERE p.first_ts < a.created_at
), twice AS (
    SELECT account_id FROM accounts GROUP BY account_id HAVING count(*) > 1
), unknown AS (
    SELECT p.account_id, p.exchanges FROM account_profile p
    ANTI JOIN accounts a USING (account_id)
    WHERE p.exchanges > 0 AND EXISTS (FROM accounts)
)
SELECT 'exchanges' AS table_name, 'ts' AS column_name, 'before_account' AS code,
       (SELECT count(*) FROM exchanges e JOIN early USING (account_id) WHERE e.ts < early.created_at)
           AS rows,
       min(account_id) AS example, 'Exchanges before their account was created.' AS message
FROM early HAVING count(*) > 0
UNION ALL
SELECT 'accounts', 'account_id', 'duplicate_id', count(*), min(account_id),
       'Accounts that appear more than once; each row is kept.'
FROM twice HAVING count(*) > 0
UNION ALL
SELECT 'exchanges', 'account_id', 'unknown_account', CAST(sum(exchanges) AS BIGINT),
       min(account_id), 'Exchanges whose account is not in accounts.'
FROM unknown HAVING count(*) > 0
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
