/*+++
id = "evidence-value"
title = "Who has a shared value"
question = "How many members and how many others have this value, and how surprising is that?"
rev = 1
status = "test"
level = "informational"
tags = ["evidence"]

[params.cluster]
type = "cluster"
help = "The cluster"

[params.family]
type = "text"
help = "Link family"

[params.value]
type = "text"
help = "The shared value"
+++*/
WITH counted AS (
    SELECT count(*) AS accounts, count(*) FILTER (WHERE m.cluster_id = $cluster) AS members
    FROM traits AS t LEFT JOIN cluster_members AS m ON m.account_id = t.account_id
    WHERE t.family = $family AND t.value = $value
), sized AS (
    SELECT c.accounts, c.members,
           (SELECT count(*) FROM cluster_members WHERE cluster_id = $cluster) AS size,
           (SELECT count(*) FROM account_profile) AS everyone
    FROM counted AS c
)
SELECT members, accounts - members AS outsiders, accounts,
       round(ln(everyone / CAST(accounts AS DOUBLE)), 6) AS rarity,
       round(ln((CAST(members AS DOUBLE) / size)
                / least((accounts - members + 0.5) / greatest(everyone - size, 1), 1.0)), 6)
           AS surprise
FROM sized WHERE accounts > 0
ORDER BY members
