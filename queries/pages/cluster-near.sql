/*+++
id = "cluster-near"
title = "Accounts close to a cluster"
nothing = "No account outside it comes close; only those like campaigns have such a list."
kind = "page"

[params.cluster]
type = "cluster"
help = "The cluster"

[columns.account_id]
entity = "account"
+++*/
SELECT n.account_id, n.likeness, n.shares, n.speaks_for, n.speaks_against, p.exchanges,
       p.output_tokens, a.email, a.created_at, a.plan, a.status, d.verdict, p.first_ts, p.last_ts
FROM cluster_near AS n
LEFT JOIN account_profile AS p ON p.account_id = n.account_id
LEFT JOIN accounts AS a ON a.account_id = n.account_id
LEFT JOIN decisions AS d ON d.account_id = n.account_id AND NOT d.pending
WHERE n.cluster_id = $cluster
ORDER BY n.likeness DESC, n.account_id, a.created_at, a.email, a.plan, a.status
