/*+++
id = "cleared-in-campaigns"
title = "Cleared accounts inside campaign-like clusters"
question = "Where do decisions and clusters disagree?"
nothing = "No cleared account is in a cluster that looks like a campaign."
rev = 3
status = "stable"
level = "medium"
tags = ["decisions"]
falsepositives = ["A bystander who shares one value"]
references = ["MITRE ATLAS AML.T0021 Establish Accounts"]

[columns.account_id]
entity = "account"

[columns.cluster_id]
entity = "cluster"

[[test]]
fixture = "ring"
rows = 1
contains = { account_id = "ring-2", reason = "C-OTHER" }
+++*/
SELECT d.account_id, d.reason, d.analyst, d.decided_at, m.cluster_id, m.member_score
FROM decisions AS d JOIN cluster_members AS m ON m.account_id = d.account_id
WHERE d.verdict = 'clear' AND NOT d.pending AND m.campaign_like
ORDER BY m.member_score DESC, d.account_id
