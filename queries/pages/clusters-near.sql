/*+++
id = "clusters-near"
title = "Accounts close to a cluster that looks like a campaign"
nothing = "No account comes close to what looks like a campaign without being in it."
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
SELECT cluster_id, account_id, cluster_score, likeness, shares, speaks_for, speaks_against
FROM cluster_near WHERE cluster_score >= $min_score
ORDER BY likeness DESC, cluster_id, account_id
