/*+++
id = "decisions-by-analyst"
title = "Decisions by analyst and reason"
question = "Who decided what, and how often?"
nothing = "No decision stands."
rev = 2
status = "stable"
level = "informational"
tags = ["decisions"]
falsepositives = ["Nothing: this only counts"]

[[test]]
fixture = "ring"
rows = 2
contains = { analyst = "ana", verdict = "flag" }
+++*/
SELECT analyst, verdict, reason, confidence, count(*) AS accounts, min(decided_at) AS first_at, max(decided_at) AS last_at
FROM decisions WHERE NOT pending
GROUP BY analyst, verdict, reason, confidence
ORDER BY accounts DESC, analyst, verdict, reason, confidence
