-- Decisions in force and pending, a row an account. `given` tells in long lists which accounts each
-- decision falls under, and each decision once; times are microseconds.
WITH decided AS (
    SELECT unnest(decision) AS decision, unnest(verdict) AS verdict, unnest(reason) AS reason,
           unnest(confidence) AS confidence, unnest(analyst) AS analyst,
           unnest(decided_at) AS decided_at, unnest(expires_at) AS expires_at,
           unnest(record_id) AS record_id, unnest(pending) AS pending
    FROM given WHERE decision IS NOT NULL
), accounts AS (
    SELECT unnest(account_id) AS account_id, unnest(under) AS decision,
           unnest(range(place, place + len(account_id))) AS place
    FROM given WHERE account_id IS NOT NULL
)
SELECT a.account_id, d.verdict, d.reason, d.confidence, d.analyst,
       make_timestamp(d.decided_at) AS decided_at, make_timestamp(d.expires_at) AS expires_at,
       d.record_id, d.pending
FROM accounts AS a JOIN decided AS d ON d.decision = a.decision
ORDER BY a.place
