/*+++
id = "campaign-members"
title = "Members of a campaign, the least sure first"
nothing = "Every account of it was left out."
kind = "page"

[params.campaign]
type = "text"
help = "The campaign"

[columns.account_id]
entity = "account"

[columns.cluster_id]
entity = "cluster"
+++*/
SELECT m.account_id, m.cluster_id, m.member_score, m.certain, m.by_hand, d.verdict, a.status,
       a.created_at, p.exchanges, p.output_tokens, p.first_ts, p.last_ts
FROM campaign_members AS m
LEFT JOIN accounts AS a ON a.account_id = m.account_id
LEFT JOIN account_profile AS p ON p.account_id = m.account_id
LEFT JOIN decisions AS d ON d.account_id = m.account_id AND NOT d.pending
WHERE m.campaign_id = $campaign
ORDER BY m.member_score NULLS FIRST, m.account_id, a.created_at, a.status
