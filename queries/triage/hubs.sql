/*+++
id = "hubs"
title = "Values too common to link accounts"
question = "Which addresses, clients, templates and other values are held by so many accounts that they link nobody?"
howto = "A hub that is no carrier, VPN exit, library default or popular prompt deserves a look: open it. To make one of a value, or to stop it being one by another list, press L on its page (or workbench lists add) and cluster anew."
rev = 1
status = "stable"
level = "informational"
tags = ["triage", "hubs"]
falsepositives = ["Nothing: this only lists"]

[params.family]
type = "text"
optional = true
help = "Only this family"

[columns.value]
entity = "value"

[columns.accounts]
unit = "accounts"

[[test]]
fixture = "campaigns"
rows = 1
contains = { family = "ip", value = "nat", accounts = 7 }
+++*/
SELECT s.family, s.value, s.accounts,
       round(s.accounts / greatest((SELECT count(*) FROM account_profile), 1), 4) AS share,
       max(l.role) AS listed
FROM trait_stats AS s
LEFT JOIN entity_lists AS l ON l.family = s.family AND l.value = s.value
WHERE s.hub AND ($family IS NULL OR s.family = $family)
GROUP BY s.family, s.value, s.accounts
ORDER BY s.accounts DESC, s.family, s.value
