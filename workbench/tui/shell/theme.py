"""Colours: state is never told by colour alone, and every pair has at least 4.5:1 contrast."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="bench-dark",
    primary="#5fafd7",
    secondary="#87afaf",
    accent="#87d7ff",
    foreground="#d7dce2",
    background="#10141a",
    surface="#1a2028",
    panel="#232b35",
    success="#87d787",
    warning="#ffaf5f",
    error="#ff8787",
    dark=True,
    variables={
        "block-cursor-background": "#2f5f87",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#2a323d",
        "text-muted": "#a3adb8",
        "text-disabled": "#7c8793",
    },
)
LIGHT = Theme(
    name="bench-light",
    primary="#00609c",
    secondary="#3a5f5f",
    accent="#00588c",
    foreground="#1c2126",
    background="#fbfbf8",
    surface="#eeeee9",
    panel="#e2e2db",
    success="#1f6f1f",
    warning="#8a4b00",
    error="#a32020",
    dark=False,
    variables={
        "block-cursor-background": "#00609c",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#d5dde4",
        "text-muted": "#4f5860",
        "text-disabled": "#6a737b",
    },
)
BLUE_ORANGE = Theme(
    name="blue-orange",
    primary="#6cb6ff",
    secondary="#9ecbff",
    accent="#9ecbff",
    foreground="#e6e6e6",
    background="#101418",
    surface="#1b2127",
    panel="#262e36",
    success="#6cb6ff",
    warning="#ffb86c",
    error="#ff9f43",
    dark=True,
)
MONO = Theme(
    name="mono",
    primary="#e0e0e0",
    secondary="#c0c0c0",
    accent="#ffffff",
    foreground="#e0e0e0",
    background="#000000",
    surface="#101010",
    panel="#1c1c1c",
    success="#ffffff",
    warning="#ffffff",
    error="#ffffff",
    dark=True,
    variables={"text-muted": "#b0b0b0", "text-disabled": "#8a8a8a"},
)
THEMES = (DARK, LIGHT, BLUE_ORANGE, MONO)
