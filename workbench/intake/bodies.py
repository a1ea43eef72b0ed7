"""Bodies of requests and answers: what was asked, told by the system, and answered.

The engine's macros read the shapes that most bodies have; the rest is read here: every shape of the
APIs in use, whole or as the pieces of a stream. What is not understood answers None and is counted;
it is never taken for a text.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from workbench.intake.body_parts import (
    ASSISTANT,
    SYSTEM,
    USER,
    content,
    joined,
    message_text,
    messages_of,
    role_of,
)
from workbench.intake.stream_pieces import streamed

# Objects around a body: the first that is there is looked into.
_WRAPPERS = (
    "body", "request", "request_body", "requestBody", "kwargs", "payload", "data", "inputs",
    "input", "raw", "json", "response_body", "responseBody", "response", "output", "outputs",
    "result", "value",
)  # fmt: skip
_ASKED = ("prompt", "inputText", "input", "inputs", "message", "query", "question", "text",
          "input_text", "user_input", "content", "user_prompt", "userMessage")  # fmt: skip
_SYSTEM_KEYS = ("system", "instructions", "systemInstruction", "system_instruction", "preamble",
         "system_prompt", "systemPrompt", "context", "system_instructions")  # fmt: skip
_ANSWERED = ("output_text", "generated_text", "generation", "completion", "outputText", "answer",
             "text", "content", "response", "message", "output", "result", "reply")  # fmt: skip
_LISTED = ("choices", "candidates", "generations", "results", "outputs", "predictions", "output",
           "messages")  # fmt: skip
_TURNS = re.compile(r"\n\n(Human|Assistant):")
_INSTRUCTED = re.compile(r"(?:<<SYS>>(?P<system>.*?)<</SYS>>)?(?P<asked>[^\[]*)\[/INST\]", re.S)
_THOUGHT = re.compile(r"\s*<think(?:ing)?>.*?</think(?:ing)?>\s*", re.S)
_DEPTH = 6


def parsed(text: str) -> Any:
    """The JSON of a body: one value, one a line, events of a stream, or a printed Python object."""
    begun = text.lstrip()
    if begun.startswith(("data:", "event:", ": ", "id:")):
        return _events(begun)
    try:
        return json.loads(begun)
    except (ValueError, RecursionError):
        pass
    lines = [line for line in begun.splitlines() if line.strip()]
    try:
        return [json.loads(line) for line in lines] if len(lines) > 1 else _printed(begun)
    except (ValueError, RecursionError):
        return _printed(begun)


def _events(text: str) -> Any:
    found = []
    for line in text.splitlines():
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or data in ("", "[DONE]"):
            continue
        try:
            found.append(json.loads(data))
        except (ValueError, RecursionError):
            continue
    return found or None


def _printed(text: str) -> Any:
    if not text.startswith(("{'", "[{'")) or len(text) > 1 << 20:
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def asked(body: Any, depth: int = 0) -> str | None:
    """The last text of the user."""
    if depth > _DEPTH:
        return None
    if isinstance(body, str):
        return _last_turn(body)
    if isinstance(body, list) and body and all(isinstance(item, str) for item in body):
        return joined(body)
    messages = messages_of(body)
    texts = [message_text(one) for one in messages if role_of(one) == USER]
    if found := [text for text in texts if text]:
        return found[-1]
    if messages and any(role_of(one) for one in messages):
        return None
    if isinstance(body, list):
        return content(body) or _first(asked, body[-1:], depth)
    return _asked_of(body, depth) if isinstance(body, dict) else None


def _asked_of(body: dict[str, Any], depth: int) -> str | None:
    for key in _ASKED:
        value = body.get(key)
        if isinstance(value, str) and value.strip():
            return _last_turn(value)
        if value and isinstance(value, list | dict) and (text := asked(value, depth + 1)):
            return text
    if instances := body.get("instances"):
        return asked(instances, depth + 1)
    return _first(asked, [body[key] for key in _WRAPPERS if key in body], depth)


def _first(read: Any, values: list[Any], depth: int) -> str | None:
    for value in values:
        if isinstance(value, str):
            value = parsed(value) if value.lstrip()[:1] in ("{", "[") else None
        if isinstance(value, list | dict) and (text := read(value, depth + 1)):
            return str(text)
    return None


def _last_turn(text: str) -> str | None:
    """What the user says last in a prompt that holds a whole talk."""
    if "\n\nHuman:" in text or text.startswith("Human:"):
        said = _TURNS.split("\n\n" + text.lstrip("\n"))
        turns = [words for who, words in zip(said[1::2], said[2::2], strict=True) if who == "Human"]
        return (turns[-1].strip() or None) if turns else None
    if "[/INST]" in text:
        last = [found["asked"] for found in _INSTRUCTED.finditer(text)]
        words = last[-1].split("[INST]")[-1] if last else text
        return words.strip() or None
    return text.strip() or None


def system_prompt(body: Any, *, bare: bool = True, depth: int = 0) -> str | None:
    """The system prompt; with `bare` also a content by itself, which belongs to no one else."""
    if depth > _DEPTH or isinstance(body, str):
        return None
    messages = messages_of(body)
    texts = [message_text(one) for one in messages if role_of(one) == SYSTEM]
    if isinstance(body, dict):
        texts += [content(body[key]) for key in _SYSTEM_KEYS if body.get(key)]
        prompt = body.get("prompt")
        if isinstance(prompt, str) and (found := _system_in(prompt)):
            texts.append(found)
    if text := joined(texts):
        return text
    if isinstance(body, list):
        return content(body) if bare and not any(map(role_of, messages)) else None
    if isinstance(body, dict) and not messages:
        inner = [body[key] for key in (*_WRAPPERS, "instances", "prompt") if key in body]
        return _first(_system_within, inner, depth)
    return None


def _system_within(value: Any, depth: int) -> str | None:
    return system_prompt(value, bare=False, depth=depth)


def _system_in(prompt: str) -> str:
    if found := _INSTRUCTED.search(prompt):
        return (found["system"] or "").strip()
    before, turn, _ = prompt.partition("\n\nHuman:")
    return before.strip() if turn else ""


def answered(body: Any, depth: int = 0) -> str | None:
    """What was answered, whole or in the pieces of a stream, thoughts left out."""
    text = _answered(body, depth)
    return _THOUGHT.sub("", text, count=1).strip() or None if text else None


def _answered(body: Any, depth: int) -> str | None:
    if depth > _DEPTH:
        return None
    if isinstance(body, str):
        return body.strip() or None
    if isinstance(body, list):
        return _answered_list(body, depth)
    if not isinstance(body, dict):
        return None
    if text := streamed([body]):
        return text
    for key in _LISTED:
        value = body.get(key)
        listed = [value] if isinstance(value, dict) and key != "output" else value
        if isinstance(listed, list) and (text := _answered_list(listed, depth + 1)):
            return text
    for key in _ANSWERED:
        value = body.get(key)
        if isinstance(value, str) and value.strip():
            inner = _inner(value)
            return _answered(inner, depth + 1) if inner is not None else value.strip()
        if isinstance(value, dict | list) and value:
            found = content(value) or _answered(value, depth + 1)
            if found:
                return found
    return _first(_answered, [body[key] for key in _WRAPPERS if key in body], depth)


def _inner(text: str) -> Any:
    """The body that a text holds once more as JSON, where it is one of a kind that is known."""
    if not re.match(r'\s*[\[{]\s*[\[{]?\s*"(role|choices|content|candidates|id|messages)"', text):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _answered_list(body: list[Any], depth: int) -> str | None:
    if text := streamed(body):
        return text
    if body and all(isinstance(item, str) for item in body):
        return joined(body)
    roles = [role_of(item) for item in body]
    if any(roles):
        said = [message_text(one) for one, role in zip(body, roles, strict=True)
                if role == ASSISTANT]  # fmt: skip
        return joined(said)
    texts = [
        message_text(item["message"]) if isinstance(item, dict) and isinstance(item.get("message"),
                                                                               dict)
        else _answered(item, depth + 1)
        for item in body
    ]  # fmt: skip
    return joined(texts) or content(body)
