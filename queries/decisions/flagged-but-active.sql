/*+++
id = "flagged-but-active"
title = "Flagged accounts that go on"
question = "Which flagged accounts are still active?"
nothing = "No flagged account is still active."
rev = 2
status = "stable"
level = "medium"
tags = ["decisions"]
falsepositives = ["An extract from before the decision"]
references = ["MITRE ATLAS AML.M0019 Control Access to AI Models and Data in Production"]

[columns.account_id]
entity = "account"

[columns.cluster_id]
entity = "cluster"

[[test]]
fixture = "ring"
rows = 1
contains = { account_id = "ring-1", reason = "R-PAY-SHARED" }
+++*/
SELECT d.account_id, d.reason, d.decided_at, a.status, p.last_ts, p.exchanges, m.cluster_id
FROM decisions AS d
JOIN account_profile AS p ON p.account_id = d.account_id
LEFT JOIN accounts AS a ON a.account_id = d.account_id
LEFT JOIN cluster_members AS m ON m.account_id = d.account_id
WHERE d.verdict = 'flag' AND NOT d.pending AND (a.status IS NULL OR a.status = 'active')
ORDER BY p.last_ts DESC NULLS LAST, d.account_id, a.status
