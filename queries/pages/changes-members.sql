/*+++
id = "changes-members"
title = "Accounts that joined flagged campaigns"
kind = "page"
nothing = "No undecided account joined a cluster with flagged accounts."

[columns.account_id]
entity = "account"

[columns.cluster_id]
entity = "cluster"
+++*/
WITH flagged AS (
    SELECT m.cluster_id, count(*) AS flagged
    FROM decisions AS d JOIN cluster_members AS m ON m.account_id = d.account_id
    WHERE d.verdict = 'flag' AND NOT d.pending
    GROUP BY m.cluster_id
)
SELECT m.account_id, m.cluster_id, m.member_score,
       CASE WHEN b.account_id IS NULL THEN 'new account'
            WHEN b.cluster_id IS NULL THEN 'was in no cluster'
            ELSE 'was in another cluster' END AS before,
       f.flagged AS flagged_there, p.exchanges, p.first_ts, p.last_ts
FROM cluster_members AS m
JOIN flagged AS f ON f.cluster_id = m.cluster_id
LEFT JOIN accounts_before AS b ON b.account_id = m.account_id
LEFT JOIN decisions AS d ON d.account_id = m.account_id
LEFT JOIN account_profile AS p ON p.account_id = m.account_id
WHERE d.account_id IS NULL AND b.cluster_id IS DISTINCT FROM m.cluster_id
  AND NOT EXISTS (
      SELECT 1 FROM accounts_before AS o JOIN decisions AS e ON e.account_id = o.account_id
      WHERE o.cluster_id = b.cluster_id AND e.verdict = 'flag' AND NOT e.pending)
ORDER BY f.flagged DESC, m.cluster_id, m.member_score DESC, m.account_id
