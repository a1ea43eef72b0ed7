/*+++
id = "rarity"
title = "How many accounts have each value"
kind = "page"

[params.family]
type = "text"
help = "Link family of the values"

[params.values]
type = "account_list"
help = "The values that are shown"
+++*/
SELECT value, accounts FROM trait_stats
WHERE family = $family AND value IN (SELECT unnest($values)) ORDER BY value
