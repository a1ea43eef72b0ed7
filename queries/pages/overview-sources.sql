/*+++
id = "overview-sources"
title = "Extract files of the case"
kind = "page"
+++*/
SELECT source_id, path, format, rows, rejected, sha256 FROM sources ORDER BY source_id
