/*+++
id = "campaign-clusters"
title = "Clusters of a campaign"
kind = "page"

[params.campaign]
type = "text"
help = "The campaign"

[columns.cluster_id]
entity = "cluster"
+++*/
SELECT m.cluster_id, count(*) AS accounts, max(c.accounts) AS of_cluster, max(c.score) AS score,
       bool_or(c.campaign_like) AS campaign_like, max(c.families) AS families,
       min(c.first_ts) AS first_ts, max(c.last_ts) AS last_ts, max(c.summary) AS summary
FROM campaign_members AS m LEFT JOIN clusters AS c ON c.cluster_id = m.cluster_id
WHERE m.campaign_id = $campaign
GROUP BY m.cluster_id
ORDER BY count(*) DESC, m.cluster_id NULLS LAST
