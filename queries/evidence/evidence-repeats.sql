/*+++
id = "evidence-repeats"
title = "Prompts sent word for word by several accounts"
question = "Do members repeat the very same text, and do strangers send it too?"
rev = 1
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
)
SELECT m.value AS prompt, m.members, s.accounts - m.members AS outsiders
FROM mine AS m JOIN trait_stats AS s ON s.family = 'prompt' AND s.value = m.value
ORDER BY m.members DESC, m.value
