/*+++
id = "cluster-sources"
title = "What holds a cluster together, and what would be left without it"
kind = "page"

[params.cluster]
type = "cluster"
help = "The cluster"

[columns.mean_llr]
unit = "nats"
help = "Mean log likelihood ratio a member"

[columns.remaining]
help = "Members that would still belong without this source"
+++*/
SELECT s.source, s.mean_llr, s.support, s.remaining, c.accounts, s.breaks, s.query
FROM cluster_sources AS s JOIN clusters AS c ON c.cluster_id = s.cluster_id
WHERE s.cluster_id = $cluster AND s.support > 0
ORDER BY s.mean_llr DESC, s.source
