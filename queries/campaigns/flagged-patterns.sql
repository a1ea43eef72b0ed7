/*+++
id = "flagged-patterns"
title = "Values that flagged campaigns hold"
question = "By which shared values would the flagged campaigns be known again, here or in another case?"
nothing = "Nothing is flagged yet."
howto = "Give the result to another case: workbench resurrect OTHER --seen FILE (JSONL)."
rev = 1
status = "stable"
level = "informational"
tags = ["campaign", "resurrection"]
falsepositives = ["Values that are rare here and common elsewhere: the other case weighs them by its own accounts"]

[params.min_members]
type = "int"
default = 1
min = 1
help = "Flagged accounts that have the value, at least"

[[test]]
fixture = "campaigns"
rows = 1
contains = { pattern = "C-RING", family = "instrument", value = "card-1", members = 1, accounts = 1 }
+++*/
WITH flagged AS (
    SELECT d.account_id, coalesce(c.campaign_id, m.cluster_id, 'flagged') AS pattern
    FROM decisions AS d
    LEFT JOIN campaign_members AS c ON c.account_id = d.account_id
    LEFT JOIN cluster_members AS m ON m.account_id = d.account_id
    WHERE d.verdict = 'flag' AND NOT d.pending
), sizes AS (
    SELECT pattern, count(*) AS accounts FROM flagged GROUP BY pattern
)
SELECT f.pattern, t.family, t.value, count(*) AS members, min(z.accounts) AS accounts
FROM flagged AS f
JOIN sizes AS z ON z.pattern = f.pattern
JOIN traits AS t ON t.account_id = f.account_id
JOIN trait_stats AS s ON s.family = t.family AND s.value = t.value
WHERE NOT s.hub AND t.family NOT IN ('signup', 'slot')
GROUP BY f.pattern, t.family, t.value
HAVING count(*) >= $min_members
ORDER BY f.pattern, count(*) DESC, t.family, t.value
