/*+++
id = "cluster-members"
title = "Members of a cluster"
kind = "page"

[params.cluster]
type = "cluster"
help = "The cluster"

[columns.account_id]
entity = "account"
+++*/
SELECT m.account_id, m.member_score, m.certain, m.families, p.exchanges, p.output_tokens,
       a.email, a.created_at, a.plan, a.status, d.verdict, p.first_ts, p.last_ts
FROM cluster_members AS m
LEFT JOIN account_profile AS p ON p.account_id = m.account_id
LEFT JOIN accounts AS a ON a.account_id = m.account_id
LEFT JOIN decisions AS d ON d.account_id = m.account_id AND NOT d.pending
WHERE m.cluster_id = $cluster
ORDER BY m.member_score DESC NULLS LAST, m.account_id, a.created_at, a.email, a.plan, a.status
