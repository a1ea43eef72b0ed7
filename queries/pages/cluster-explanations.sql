/*+++
id = "cluster-explanations"
title = "Innocent explanations of a cluster, as they were tried"
kind = "page"

[params.cluster]
type = "cluster"
help = "The cluster"
+++*/
SELECT explanation, result, finding, query
FROM cluster_explanations WHERE cluster_id = $cluster
ORDER BY CASE result WHEN 'fits' THEN 1 WHEN 'partly' THEN 2 WHEN 'not tested' THEN 3 ELSE 4 END,
         place
