"""Messages and their contents, as the APIs in use write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

USER, SYSTEM, ASSISTANT, OTHER = "user", "system", "assistant", "other"
_ROLES = {
    "user": USER, "human": USER, "humanmessage": USER, "humanmessagechunk": USER,
    "customer": USER, "enduser": USER,
    "system": SYSTEM, "developer": SYSTEM, "systemmessage": SYSTEM,
    "assistant": ASSISTANT, "model": ASSISTANT, "ai": ASSISTANT, "bot": ASSISTANT,
    "chatbot": ASSISTANT, "gpt": ASSISTANT, "aimessage": ASSISTANT, "aimessagechunk": ASSISTANT,
    "tool": OTHER, "function": OTHER, "toolmessage": OTHER, "functionmessage": OTHER,
    "tool_result": OTHER, "ipython": OTHER,
}  # fmt: skip
_ROLE_KEYS = ("role", "author", "from", "sender", "_type", "type")
# Parts that are no text for anybody: thoughts, and calls of tools with their answers.
_LEFT_OUT = frozenset(
    ("thinking", "redacted_thinking", "reasoning", "reasoning_content", "tool_use", "tool_call",
     "tool_calls", "tool_result", "tool_call_response", "function_call", "function_call_output",
     "tool-call", "tool-result", "server_tool_use", "web_search_tool_result", "image",
     "image_url", "input_image", "audio", "input_audio", "file", "input_file", "document", "blob",
     "uri", "refusal", "custom_tool_call", "web_search_call", "file_search_call")
)  # fmt: skip
_TALKS = ("messages", "contents", "input", "inputs", "conversation", "history", "prompt",
          "chat_messages")  # fmt: skip
_DEPTH = 6


def joined(texts: Iterable[str | None]) -> str | None:
    """The texts that are there, one after another; None where none is."""
    return "\n".join(text for text in texts if text).strip() or None


def role_of(message: Any) -> str:
    """Who says a message; empty where it tells nobody."""
    if not isinstance(message, dict):
        return ""
    path = message.get("id")  # of a class, where LangChain wrote it
    if isinstance(path, list) and path and (found := _ROLES.get(str(path[-1]).lower())):
        return found
    for key in _ROLE_KEYS:
        value = message.get(key)
        if isinstance(value, str) and (found := _ROLES.get(value.strip().lower())):
            return found
    data = message.get("data")
    return role_of(data) if isinstance(data, dict) and "content" in data else ""


def messages_of(body: Any, depth: int = 0) -> list[dict[str, Any]]:
    """The messages of a body or list; those without a role in `contents` are the user's."""
    if depth > _DEPTH:
        return []
    if isinstance(body, list):
        if len(body) == 1 and isinstance(body[0], list):  # LangChain: one list a run
            return messages_of(body[0], depth + 1)
        pairs = [_pair(item) for item in body]
        found = [item for item in pairs if isinstance(item, dict)]
        return found if any(map(role_of, found)) else []
    if not isinstance(body, dict):
        return []
    for key in _TALKS:
        value = body.get(key)
        if key == "contents" and isinstance(value, dict):
            value = [value]
        if key == "contents" and isinstance(value, list):
            listed = [one for one in value if isinstance(one, dict)]
            return [one if role_of(one) else {**one, "role": USER} for one in listed]
        if isinstance(value, list | dict) and (listed := messages_of(value, depth + 1)):
            return listed
    return []


def _pair(item: Any) -> Any:
    """`["human", "text"]` as a message."""
    is_pair = isinstance(item, list) and len(item) == 2 and all(isinstance(x, str) for x in item)
    return {"role": item[0], "content": item[1]} if is_pair else item


def message_text(message: Any) -> str | None:
    """The text of one message, thoughts and tools left out."""
    if isinstance(message, str):
        return message.strip() or None
    if not isinstance(message, dict):
        return None
    for key in ("content", "parts", "kwargs", "data", "value", "text", "message"):
        inner = message.get(key)
        if key in ("kwargs", "data"):
            found = message_text(inner) if isinstance(inner, dict) else None
        else:
            found = content(inner)
        if found:
            return found
    return None


def content(value: Any, depth: int = 0) -> str | None:
    """The text of a content: a text, a part, or a list of parts."""
    if depth > _DEPTH:
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, list):
        return joined(content(item, depth + 1) for item in value)
    if not isinstance(value, dict) or value.get("thought") is True:
        return None
    if str(value.get("type", "")) in _LEFT_OUT or "reasoningContent" in value:
        return None
    for key in ("text", "content", "parts", "value"):
        if found := content(value.get(key), depth + 1):
            return found
    return None
