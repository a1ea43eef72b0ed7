/*+++
id = "cluster-components"
title = "What makes the score of a cluster"
rev = 2
kind = "page"

[params.cluster]
type = "cluster"
help = "The cluster"
+++*/
-- A store made before lines had a level and a weight has no such columns: the names are then
-- those of `before`.
SELECT l.axis, l.name, l.value, l.population, l.how_far AS level, l.counts AS weight, l.points,
       l.finding, l.meaning, l.query
FROM (SELECT CAST(NULL AS DOUBLE) AS level, CAST(NULL AS DOUBLE) AS weight) AS before
CROSS JOIN LATERAL (
    SELECT axis, name, value, population, level AS how_far, weight AS counts, points, finding,
           meaning, query
    FROM cluster_components WHERE cluster_id = $cluster
) AS l
ORDER BY CASE l.axis WHEN 'start' THEN 1 WHEN 'coordination' THEN 2 WHEN 'extraction' THEN 3
                     WHEN 'one hand' THEN 5 ELSE 4 END,
         l.points DESC NULLS LAST, l.name, l.axis
