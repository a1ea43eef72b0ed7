/*+++
id = "evidence-telephones"
title = "Telephone numbers that members share"
question = "Which telephone numbers do three members or more have?"
rev = 1
status = "test"
level = "informational"
tags = ["evidence"]

[params.cluster]
type = "cluster"
help = "The cluster"

+++*/
SELECT t.value AS phone_hash, count(*) AS members,
       count(*) / CAST((SELECT count(*) FROM cluster_members WHERE cluster_id = $cluster)
                       AS DOUBLE) AS share
FROM cluster_members AS m JOIN traits AS t ON t.account_id = m.account_id
WHERE m.cluster_id = $cluster AND t.family = 'phone'
GROUP BY t.value HAVING count(*) >= 3
ORDER BY members DESC, phone_hash
