/*+++
id = "clusters-members"
title = "Members of all clusters"
nothing = "No cluster has such a score."
kind = "page"

[params.min_score]
type = "float"
default = 0.0
help = "Only clusters with at least this score"

[columns.cluster_id]
entity = "cluster"

[columns.account_id]
entity = "account"
+++*/
SELECT cluster_id, account_id, cluster_score, member_score, campaign_like
FROM cluster_members WHERE cluster_score >= $min_score
ORDER BY cluster_score DESC, cluster_id, member_score DESC, account_id
