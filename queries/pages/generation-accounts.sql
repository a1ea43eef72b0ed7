/*+++
id = "generation-accounts"
title = "Accounts of a generation with their clusters"
kind = "page"

[params.after]
type = "text"
default = ""
help = "Only accounts whose id comes after this"

[params.most]
type = "int"
default = 500000
help = "At most so many"

[columns.account_id]
entity = "account"

[columns.cluster_id]
entity = "cluster"
+++*/
SELECT p.account_id, m.cluster_id, m.campaign_like, p.exchanges, p.last_ts
FROM account_profile AS p LEFT JOIN cluster_members AS m ON m.account_id = p.account_id
WHERE p.account_id > $after
ORDER BY p.account_id
LIMIT $most
