-- What `take` in a mapping takes out of a cell. Most hold the body of a request or of an answer. The
-- shapes that most bodies have are read here, by a few paths in one pass; what is otherwise goes to
-- `body_user`, `body_system` and `body_answer`, which know every shape and count what they do not
-- understand. Text that is no body is taken as it is, so that a wrong `take` loses nothing.

CREATE TEMP MACRO is_body(x) AS
    regexp_matches(left(x, 40), '^\s*[\[{]') AND json_valid(x);

-- What is a body without being one JSON value: events of a stream, an object a line, an object that
-- was cut or printed by Python.
CREATE TEMP MACRO is_odd_body(x) AS
    regexp_matches(left(x, 200), '^\s*((data|event): ?[{\[a-z]|[\[{]\s*[\[{]?\s*["''](role|messages|content|contents|choices|parts|model|id|type|candidates|prompt|input|response|output|object|created_at)["'']\s*:)');

CREATE TEMP MACRO joined(texts) AS nullif(trim(array_to_string(texts, chr(10))), '');

-- A content is a text or a list of parts, of which those without a text (images, calls) are left out.
CREATE TEMP MACRO content_text(j) AS
    CASE WHEN json_type(j) = 'VARCHAR' THEN nullif(trim(j ->> '$'), '')
         ELSE joined(json_extract_string(j, '$[*].text')) END;

-- Most bodies are read by a few paths in one pass: the last message is the user's, the first the
-- system's, and there is one answer. What is otherwise takes the long way over all messages. (A list
-- of one is transformed so that the pass is made once: a macro's argument is written out each time.)
CREATE TEMP MACRO last_user_text(x) AS
    list_transform(
        [json_extract(x, ['$[#-1].role', '$[#-1].content',
                          '$.messages[#-1].role', '$.messages[#-1].content'])],
        lambda p: CASE WHEN (p[1] ->> '$') = 'user' THEN content_text(p[2])
                       WHEN (p[3] ->> '$') = 'user' THEN content_text(p[4]) END)[1];

-- What was asked: the last text of the user. Answers of tools come in the user's name and have none.
CREATE TEMP MACRO user_text(x) AS
    CASE WHEN is_body(x) THEN coalesce(last_user_text(x), body_user(x))
         WHEN is_odd_body(x) THEN body_user(x)
         ELSE x END;

CREATE TEMP MACRO only_system_text(x) AS
    list_transform(
        [json_extract(x, ['$[0].role', '$[0].content', '$[1].role',
                          '$.messages[0].role', '$.messages[0].content', '$.messages[1].role'])],
        lambda p: CASE WHEN (p[3] ->> '$') = 'user' AND (p[1] ->> '$') = 'system'
                       THEN content_text(p[2])
                       WHEN (p[6] ->> '$') = 'user' AND (p[4] ->> '$') = 'system'
                       THEN content_text(p[5]) END)[1];

-- The system prompt, of a body, a list of messages or a content of its own; where one opens the talk,
-- none is looked for after it.
CREATE TEMP MACRO has_system(x) AS
    regexp_matches(x, '(?i)system|"developer"|"instructions"|"preamble"|"context"|<<SYS>>|Human:');

CREATE TEMP MACRO system_text(x) AS
    CASE WHEN is_body(x)
         THEN CASE WHEN has_system(x) OR NOT contains(x, '"role"')
                   THEN coalesce(only_system_text(x), body_system(x)) END
         WHEN is_odd_body(x) THEN body_system(x)
         ELSE x END;

-- The same where the cell is also what the prompt is taken from: a text is the prompt's.
CREATE TEMP MACRO system_within(x) AS
    CASE WHEN is_body(x) OR is_odd_body(x)
         THEN CASE WHEN has_system(x)
                   THEN coalesce(CASE WHEN is_body(x) THEN only_system_text(x) END,
                                 body_system_within(x)) END END;

CREATE TEMP MACRO only_answer(x) AS
    list_transform(
        [json_extract(x, ['$[1]', '$.choices[1]', '$.content[1]', '$[0].message.content',
                          '$.choices[0].message.content', '$.content', '$[0].text'])],
        lambda p: CASE WHEN p[1] IS NULL AND p[2] IS NULL AND p[3] IS NULL
                       THEN coalesce(content_text(p[4]), content_text(p[5]), content_text(p[6]),
                                     content_text(p[7])) END)[1];

-- What was answered, whole or in the pieces of a stream.
CREATE TEMP MACRO answer_text(x) AS
    CASE WHEN is_body(x) THEN coalesce(only_answer(x), body_answer(x))
         WHEN is_odd_body(x) THEN body_answer(x)
         ELSE x END;

CREATE TEMP MACRO list_count(x) AS
    CASE WHEN is_body(x) THEN
        CASE WHEN starts_with(ltrim(x), '[') THEN CAST(json_array_length(x) AS BIGINT) END
    ELSE text_bigint(x) END;

CREATE TEMP MACRO short_hash(x) AS left(md5(x), 24);

-- The first address of a list, without port, brackets and the prefix of an IPv4 address in IPv6.
CREATE TEMP MACRO first_address(x) AS
    coalesce(
        nullif(regexp_extract(x, '^\s*(?:::ffff:)?([0-9]{1,3}(?:\.[0-9]{1,3}){3})(?::[0-9]+)?\s*(?:,|$)', 1), ''),
        nullif(regexp_extract(x, '^\s*\[?([0-9A-Fa-f]*:[0-9A-Fa-f:.]+)(?:\](?::[0-9]+)?)?\s*(?:,|$)', 1), ''),
        x);
