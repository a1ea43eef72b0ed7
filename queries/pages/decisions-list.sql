/*+++
id = "decisions-list"
title = "Decisions in force"
nothing = "Nothing is decided yet."
kind = "page"

[columns.account_id]
entity = "account"

[columns.cluster_id]
entity = "cluster"
+++*/
SELECT d.account_id, d.verdict, d.reason, d.confidence, d.analyst, d.decided_at, d.expires_at,
       m.cluster_id, p.exchanges, d.record_id
FROM decisions AS d
LEFT JOIN cluster_members AS m ON m.account_id = d.account_id
LEFT JOIN account_profile AS p ON p.account_id = d.account_id
WHERE NOT d.pending
ORDER BY d.decided_at DESC NULLS LAST, d.account_id
