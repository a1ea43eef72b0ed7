/*+++
id = "evidence-wording"
title = "Whose wording it is"
question = "Of the accounts that share the members' wording, how many are strangers?"
rev = 1
status = "test"
level = "informational"
tags = ["evidence"]

[params.cluster]
type = "cluster"
help = "The cluster"

+++*/
SELECT t.family, t.value, count(*) FILTER (WHERE m.cluster_id = $cluster) AS members,
       count(*) FILTER (WHERE m.cluster_id <> $cluster) AS in_other_clusters, count(*) AS accounts
FROM traits AS t LEFT JOIN cluster_members AS m ON m.account_id = t.account_id
WHERE t.family IN ('head', 'tail', 'phrase', 'near', 'prompt')
GROUP BY t.family, t.value
HAVING count(*) FILTER (WHERE m.cluster_id = $cluster) >= 2
ORDER BY members DESC, t.family, t.value
