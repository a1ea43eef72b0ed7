/*+++
id = "cluster-components"
title = "What makes the score of a cluster"
kind = "page"

[params.cluster]
type = "cluster"
help = "The cluster"
+++*/
SELECT axis, name, value, population, points, finding, meaning, query
FROM cluster_components WHERE cluster_id = $cluster
ORDER BY CASE axis WHEN 'coordination' THEN 1 WHEN 'extraction' THEN 2 ELSE 3 END,
         points DESC NULLS LAST, name, axis
