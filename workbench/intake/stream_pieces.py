"""Answers that came in pieces: what the events of a stream say one after another."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

_TEXT_EVENTS = ("response.output_text.delta",)
_SILENT = ("thinking_delta", "signature_delta", "input_json_delta", "reasoning_delta")


def streamed(pieces: list[Any]) -> str | None:
    """The text of all pieces; None where any is no piece of a stream or none holds a text."""
    texts: list[str] = []
    final: str | None = None
    for piece in pieces:
        known, text, whole = _piece(piece)
        if not known:
            return None
        texts.append(text)
        final = whole or final
    return "".join(texts).strip() or final


def _piece(piece: Any) -> tuple[bool, str, str | None]:
    """Whether it is a piece of a stream, its text, and the whole text where it repeats that."""
    if not isinstance(piece, dict):
        return False, "", None
    for read in (_chunk_bytes, _typed, _chat, _gemini, _keyed):
        found = read(piece)
        if found is not None:
            return found
    return False, "", None


Found = tuple[bool, str, str | None]


def _chunk_bytes(piece: dict[str, Any]) -> Found | None:
    """Bedrock keeps the pieces of an answer packed as base64."""
    chunk = piece.get("chunk", piece)
    packed = chunk.get("bytes") if isinstance(chunk, dict) else None
    if not isinstance(packed, str):
        return None
    try:
        return _piece(json.loads(base64.b64decode(packed)))
    except (ValueError, binascii.Error, RecursionError):
        return None


def _typed(piece: dict[str, Any]) -> Found | None:
    """Events that name their kind: messages, responses, Cohere, Dify."""
    kind = piece.get("type") or piece.get("event_type") or piece.get("event")
    delta = piece.get("delta")
    if kind is None and isinstance(delta, dict) and isinstance(delta.get("text"), str):
        return True, delta["text"], None
    if not isinstance(kind, str):
        return None
    if kind in _TEXT_EVENTS:
        return True, delta if isinstance(delta, str) else "", None
    if kind == "content_block_delta" and isinstance(delta, dict):
        silent = delta.get("type") in _SILENT
        return True, "" if silent else str(delta.get("text") or ""), None
    if kind == "content-delta" and isinstance(delta, dict):
        return True, _at(delta, "message", "content", "text"), None
    if kind == "text-generation":
        return True, str(piece.get("text") or ""), None
    if kind in ("text-delta", "text_delta"):
        return (
            True,
            str(piece.get("textDelta") or piece.get("delta") or piece.get("text") or ""),
            None,
        )
    if kind in ("message", "agent_message") and isinstance(piece.get("answer"), str):
        is_event = "event" in piece
        return (True, piece["answer"], None) if is_event else None
    if kind == "content_block_start":
        return True, _at(piece, "content_block", "text"), None
    silent = kind.startswith(("response.", "message_", "content_block", "stream-", "message-",
                              "content-", "workflow_", "node_", "tool-"))  # fmt: skip
    return (True, "", None) if silent or kind in ("ping", "error", "ping_event") else None


def _chat(piece: dict[str, Any]) -> Found | None:
    choices = piece.get("choices")
    if not isinstance(choices, list):
        return None
    if not choices:
        return True, "", None
    texts = []
    for choice in choices[:1]:
        if not isinstance(choice, dict) or "message" in choice:
            return None
        delta = choice.get("delta")
        if isinstance(delta, dict):
            text = delta.get("content")
            if isinstance(text, list):
                text = "".join(_at(part, "text") for part in text if isinstance(part, dict))
            texts.append(text if isinstance(text, str) else "")
        elif isinstance(choice.get("text"), str):
            texts.append(choice["text"])
        else:
            return None
    return True, "".join(texts), None


def _gemini(piece: dict[str, Any]) -> Found | None:
    candidates = piece.get("candidates")
    if not isinstance(candidates, list):
        has_usage = "usageMetadata" in piece and "candidates" not in piece
        return (True, "", None) if has_usage else None
    text = ""
    for candidate in candidates[:1]:
        inner = candidate.get("content") if isinstance(candidate, dict) else None
        parts = inner.get("parts") if isinstance(inner, dict) else None
        if isinstance(inner, str):
            return None
        for part in [parts] if isinstance(parts, dict) else parts or []:
            if isinstance(part, dict) and part.get("thought") is not True:
                text += str(part.get("text") or "")
    return True, text, None


def _keyed(piece: dict[str, Any]) -> Found | None:
    """Pieces that are known by the one key that holds their text."""
    for key in ("contentBlockDelta", "messageStart", "messageStop", "contentBlockStart",
                "contentBlockStop", "metadata"):  # fmt: skip
        if key in piece and len(piece) <= 3 and "text" not in piece and "answer" not in piece:
            return True, _at(piece, "contentBlockDelta", "delta", "text"), None
    token = piece.get("token")
    if isinstance(token, dict) and "text" in token:
        whole = piece.get("generated_text")
        text = "" if token.get("special") else str(token["text"])
        return True, text, whole if isinstance(whole, str) else None
    for key in ("outputText", "generation", "completion", "generated_text"):
        if isinstance(piece.get(key), str):
            return True, piece[key], None
    if isinstance(piece.get("response"), str) and ("done" in piece or len(piece) == 1):
        return True, piece["response"], None
    message = piece.get("message")
    if "done" in piece and isinstance(message, dict) and isinstance(message.get("content"), str):
        return True, message["content"], None
    outputs = piece.get("outputs")
    if isinstance(outputs, list) and len(outputs) == 1 and _at(outputs[0], "text"):
        return True, _at(outputs[0], "text"), None
    return None


def _at(value: Any, *keys: str) -> str:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
