/*+++
id = "uniform-clusters"
title = "Clusters of even volume"
question = "In which clusters does everybody use the same?"
rev = 2
status = "stable"
level = "medium"
tags = ["signal.volume"]
falsepositives = ["Everybody at the cap of a free plan", "Seats with equal quota", "Uniform CI jobs"]
references = ["Beutel et al. 2013, CopyCatch: Stopping Group Attacks by Spotting Lockstep Behavior in Social Networks"]

[params.min_accounts]
type = "int"
default = 20
min = 2
help = "Least members"

[columns.cluster_id]
entity = "cluster"

[[test]]
fixture = "ring"
params = { min_accounts = 8 }
rows = 1
contains = { cluster_id = "C-RING", accounts = 8 }
+++*/
SELECT m.cluster_id, count(*) AS accounts, round(stddev_pop(p.exchanges) / avg(p.exchanges), 3) AS volume_cv,
       median(p.exchanges) AS median_exchanges
FROM cluster_members AS m JOIN account_profile AS p ON p.account_id = m.account_id
WHERE p.exchanges > 0
GROUP BY m.cluster_id HAVING count(*) >= $min_accounts ORDER BY volume_cv, m.cluster_id
