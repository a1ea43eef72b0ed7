/*+++
id = "clusters-table"
title = "Clusters as a table"
kind = "page"

[params.min_score]
type = "float"
default = 0.0
help = "Only clusters with at least this score"

[columns.cluster_id]
entity = "cluster"
+++*/
SELECT cluster_id, accounts, exchanges, input_tokens, output_tokens, first_ts, last_ts, score,
       campaign_like, families, summary
FROM clusters WHERE score >= $min_score
ORDER BY campaign_like DESC, score DESC, accounts DESC, cluster_id
