/*+++
id = "evidence-repeats"
title = "Prompts sent word for word by several accounts"
question = "Do members repeat the very same text, and do strangers send it too?"
rev = 2
status = "test"
level = "informational"
tags = ["evidence"]

[params.cluster]
type = "cluster"
help = "The cluster"

+++*/
WITH mine AS (
    SELECT t.value, count(*) AS members
    FROM cluster_members AS m JOIN traits AS t ON t.account_id = m.account_id
    WHERE m.cluster_id = $cluster AND t.family = 'prompt' GROUP BY t.value
), size AS (
    SELECT count(*) AS members, sum(h.sampled_prompts) AS prompts
    FROM cluster_members AS m JOIN account_habits AS h ON h.account_id = m.account_id
    WHERE m.cluster_id = $cluster
)
SELECT m.value AS prompt, m.members, s.accounts - m.members AS outsiders,
       m.members >= greatest(3, 0.12 * z.members) AS common,
       m.members / nullif(CAST(z.prompts AS DOUBLE), 0) AS share_of_prompts
FROM mine AS m JOIN trait_stats AS s ON s.family = 'prompt' AND s.value = m.value, size AS z
ORDER BY m.members DESC, m.value
