-- What `take` in a mapping takes out of a cell. Most hold the body of a request or of an answer: of
-- chat completions, messages, responses and content APIs, or what spans record of them. Text that is
-- no such body is taken as it is, so that a wrong `take` loses nothing.

CREATE TEMP MACRO is_body(x) AS
    regexp_matches(left(x, 40), '^\s*[\[{]') AND json_valid(x);

CREATE TEMP MACRO joined(texts) AS nullif(trim(array_to_string(texts, chr(10))), '');

-- A content is a text or a list of parts, of which those without a text (images, calls) are left out.
CREATE TEMP MACRO content_text(j) AS
    CASE WHEN json_type(j) = 'VARCHAR' THEN nullif(trim(j ->> '$'), '')
         ELSE joined(json_extract_string(j, '$[*].text')) END;

-- A content by itself: a list of parts, none of which is a message.
CREATE TEMP MACRO bare_content(j) AS
    CASE WHEN json_extract(j, '$[*].role') = []
         THEN coalesce(content_text(j), joined(json_extract_string(j, '$[*].content'))) END;

CREATE TEMP MACRO message_text(j) AS
    coalesce(content_text(json_extract(j, '$.content')),
             joined(json_extract_string(j, '$.parts[*].text')),
             joined(json_extract_string(j, '$.parts[*].content')));

CREATE TEMP MACRO body_messages(j) AS
    json_extract(j, '$[*]') || json_extract(j, '$.messages[*]') || json_extract(j, '$.input[*]')
    || json_extract(j, '$.contents[*]');

CREATE TEMP MACRO texts_of(j, roles) AS
    list_filter(list_transform(
        list_filter(body_messages(j), lambda m: list_contains(roles, m ->> '$.role')),
        lambda m: message_text(m)), lambda t: t IS NOT NULL);

-- Most bodies are read by a few paths in one pass: the last message is the user's, the first the
-- system's, and there is one answer. What is otherwise takes the long way over all messages. (A list
-- of one is transformed so that the pass is made once: a macro's argument is written out each time.)
CREATE TEMP MACRO last_user_text(x) AS
    list_transform(
        [json_extract(x, ['$[#-1].role', '$[#-1].content',
                          '$.messages[#-1].role', '$.messages[#-1].content'])],
        lambda p: CASE WHEN (p[1] ->> '$') = 'user' THEN content_text(p[2])
                       WHEN (p[3] ->> '$') = 'user' THEN content_text(p[4]) END)[1];

CREATE TEMP MACRO any_user_text(j) AS
    coalesce(texts_of(j, ['user'])[-1], json_extract_string(j, '$.prompt'),
             json_extract_string(j, '$.inputText'), content_text(json_extract(j, '$.input')),
             bare_content(j));

-- What was asked: the last text of the user. Answers of tools come in the user's name and have none.
CREATE TEMP MACRO user_text(x) AS
    CASE WHEN is_body(x) THEN coalesce(last_user_text(x), any_user_text(CAST(x AS JSON)), x)
         ELSE x END;

CREATE TEMP MACRO only_system_text(x) AS
    list_transform(
        [json_extract(x, ['$[0].role', '$[0].content', '$[1].role',
                          '$.messages[0].role', '$.messages[0].content', '$.messages[1].role'])],
        lambda p: CASE WHEN (p[3] ->> '$') = 'user' AND (p[1] ->> '$') = 'system'
                       THEN content_text(p[2])
                       WHEN (p[6] ->> '$') = 'user' AND (p[4] ->> '$') = 'system'
                       THEN content_text(p[5]) END)[1];

CREATE TEMP MACRO any_system_text(j) AS
    coalesce(joined(texts_of(j, ['system', 'developer'])),
             content_text(json_extract(j, '$.system')), json_extract_string(j, '$.instructions'),
             joined(json_extract_string(j, '$.systemInstruction.parts[*].text')),
             bare_content(j));

-- The system prompt, of a body, a list of messages or a content of its own; where one opens the talk,
-- none is looked for after it.
CREATE TEMP MACRO system_text(x) AS
    CASE WHEN NOT is_body(x) THEN x
         WHEN regexp_matches(x, '"(system|developer|instructions|systemInstruction)"')
              OR NOT contains(x, '"role"')
         THEN coalesce(only_system_text(x), any_system_text(CAST(x AS JSON))) END;

CREATE TEMP MACRO only_answer(x) AS
    list_transform(
        [json_extract(x, ['$[1]', '$.choices[1]', '$.content[1]', '$[0].message.content',
                          '$.choices[0].message.content', '$.content', '$[0].text'])],
        lambda p: CASE WHEN p[1] IS NULL AND p[2] IS NULL AND p[3] IS NULL
                       THEN coalesce(content_text(p[4]), content_text(p[5]), content_text(p[6]),
                                     content_text(p[7])) END)[1];

CREATE TEMP MACRO any_answer(j) AS
    coalesce(
        joined(list_transform(
            json_extract(j, '$.choices[*].message') || json_extract(j, '$[*].message')
            || json_extract(j, '$.output[*]') || json_extract(j, '$.candidates[*].content'),
            lambda m: message_text(m))),
        joined(texts_of(j, ['assistant', 'model'])), message_text(j), content_text(j),
        nullif(array_to_string(json_extract_string(j, '$[*].delta.text'), ''), ''),
        joined(json_extract_string(j, '$.choices[*].text')));

-- What was answered, whole or in the pieces of a stream.
CREATE TEMP MACRO answer_text(x) AS
    CASE WHEN is_body(x) THEN coalesce(only_answer(x), any_answer(CAST(x AS JSON)), x) ELSE x END;

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
