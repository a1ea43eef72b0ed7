/*+++
id = "evidence-sources"
title = "What links the members, by independent source"
question = "How strongly does each independent source link the members?"
rev = 2
status = "test"
level = "informational"
tags = ["evidence"]

[params.cluster]
type = "cluster"
help = "The cluster"

+++*/
WITH best AS (
    SELECT account_id, source, max(llr) AS llr
    FROM member_evidence WHERE cluster_id = $cluster AND family <> 'lacking'
    GROUP BY account_id, source
)
SELECT source, count(*) FILTER (WHERE llr >= 1.6) AS members_in_support,
       round(sum(llr), 6) / (SELECT count(*) FROM cluster_members WHERE cluster_id = $cluster)
           AS mean_llr
FROM best GROUP BY source ORDER BY mean_llr DESC, source
