"""The same drawing as PNG, for Telegram and mail, by resvg (a wheel without system libraries) and our own fonts."""

from __future__ import annotations

from bot.guides.draw.metrics import FONTS
from bot.guides.draw.palette import LIGHT


def rasterise(svg: str, width: int = 720) -> bytes:
    """An SVG with a fixed palette as PNG bytes, ``width`` pixels wide."""
    import resvg_py  # loaded on first use: the web chat never needs it

    image: bytes = bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width,
            # Telegram turns see-through corners black.
            background=LIGHT["canvas"],
            skip_system_fonts=True,
            font_files=[str(FONTS / name) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")],
            font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans",
        )
    )
    return image
