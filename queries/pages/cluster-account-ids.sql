/*+++
id = "cluster-account-ids"
title = "Account ids of a cluster"
kind = "page"

[params.cluster]
type = "cluster"
help = "The cluster"

[columns.account_id]
entity = "account"
+++*/
SELECT account_id FROM cluster_members WHERE cluster_id = $cluster ORDER BY account_id
