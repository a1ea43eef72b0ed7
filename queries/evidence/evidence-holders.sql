/*+++
id = "evidence-holders"
title = "Who stands behind the members"
question = "Which organisation, domain, payer or network do most members share?"
rev = 1
status = "test"
level = "informational"
tags = ["evidence"]

[params.cluster]
type = "cluster"
help = "The cluster"

+++*/
WITH held AS (
    SELECT t.family, t.value, count(*) AS members
    FROM cluster_members AS m JOIN traits AS t ON t.account_id = m.account_id
    WHERE m.cluster_id = $cluster
      AND t.family IN ('org', 'domain', 'instrument', 'email_shape', 'net24', 'referral')
    GROUP BY t.family, t.value
), best AS (
    SELECT family, arg_max(value, (members, value)) AS value, max(members) AS members
    FROM held GROUP BY family
)
SELECT b.family, b.value, b.members, s.accounts - b.members AS outsiders,
       b.members / CAST((SELECT count(*) FROM cluster_members WHERE cluster_id = $cluster)
                        AS DOUBLE) AS share
FROM best AS b JOIN trait_stats AS s ON s.family = b.family AND s.value = b.value
ORDER BY b.family
