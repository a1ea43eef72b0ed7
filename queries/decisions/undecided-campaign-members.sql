/*+++
id = "undecided-campaign-members"
title = "Members of campaign-like clusters without a decision"
question = "Who is still to be decided?"
nothing = "Every member of what looks like a campaign is decided."
rev = 2
status = "stable"
level = "informational"
tags = ["decisions"]
falsepositives = ["Nothing: this only lists"]

[columns.cluster_id]
entity = "cluster"

[columns.account_id]
entity = "account"

[[test]]
fixture = "ring"
rows = 6
contains = { cluster_id = "C-RING", account_id = "ring-0" }
+++*/
SELECT m.cluster_id, m.account_id, m.member_score, m.cluster_score, p.exchanges, a.status
FROM cluster_members AS m
LEFT JOIN decisions AS d ON d.account_id = m.account_id AND NOT d.pending
LEFT JOIN account_profile AS p ON p.account_id = m.account_id
LEFT JOIN accounts AS a ON a.account_id = m.account_id
WHERE m.campaign_like AND d.account_id IS NULL
ORDER BY m.cluster_score DESC, m.cluster_id, m.member_score DESC, m.account_id, a.status
