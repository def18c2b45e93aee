"""The colours of the drawings, by role, for light and dark. Tests check every pair of ink and ground for contrast."""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "canvas": "#eef1f5",
    "window": "#ffffff",
    "bar": "#dfe5ed",
    "menu": "#f3f5f8",
    "line": "#c3ccd8",
    "text": "#1f2933",
    "muted": "#4c5967",
    "field": "#fbfcfd",
    "edge": "#8793a3",
    "primary": "#1f5fa8",
    "on-primary": "#ffffff",
    "second": "#e6ebf2",
    "link": "#17569c",
    "head": "#e9eef5",
    "mark": "#c2410c",
    "tint": "#fff3ea",
    "on-mark": "#ffffff",
    "good": "#e2f3e7",
    "on-good": "#14532d",
    "bad": "#fce8e8",
    "on-bad": "#8a1c1c",
    "warn": "#fdf1cf",
    "on-warn": "#5f4100",
}

DARK: Mapping[str, str] = {
    "canvas": "#10151b",
    "window": "#1b222b",
    "bar": "#2c3744",
    "menu": "#232c37",
    "line": "#465364",
    "text": "#e8edf3",
    "muted": "#b3bdc9",
    "field": "#141a21",
    "edge": "#76859a",
    "primary": "#82b8f6",
    "on-primary": "#0a1929",
    "second": "#33404f",
    "link": "#93c4ff",
    "head": "#283340",
    "mark": "#ff9d5c",
    "tint": "#33261c",
    "on-mark": "#1c0f05",
    "good": "#12351f",
    "on-good": "#b9f1ca",
    "bad": "#481c1c",
    "on-bad": "#ffcdcd",
    "warn": "#41330b",
    "on-warn": "#ffe4a6",
}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG 2.2 defines it."""
    first, second = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
