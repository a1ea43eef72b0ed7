/*+++
id = "cluster-evidence"
title = "Why a cluster is linked"
kind = "page"

[params.cluster]
type = "cluster"
help = "The cluster"

[columns.value]
entity = "value"
help = "The shared value; enter opens it"
+++*/
SELECT family, value, members, outsiders, accounts, rarity, surprise, weight, query
FROM cluster_evidence WHERE cluster_id = $cluster
ORDER BY weight DESC NULLS LAST, family, value
