"""Ways in which words have been made into scripts."""

from __future__ import annotations

from itertools import product

RUN = "window.hit(1)"
TAGS = ("img src=x", "svg", "body", "video src=x", "details open", "iframe", "input autofocus", "object data=x", "math")
HANDLERS = ("onerror", "onload", "onfocus", "ontoggle", "onmouseover", "onanimationstart")
OUTSIDE = ("", '">', "'>", "</textarea>", "--><!--", "]]>")

_ELEMENTS = [
    f"{OUTSIDE[number % len(OUTSIDE)]}<{tag} {handler}={RUN}>"
    for number, (tag, handler) in enumerate(product(TAGS, HANDLERS))
]
_SCRIPTS = [
    f"<script>{RUN}</script>",
    f"<SCRIPT>{RUN}</SCRIPT>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<script src=data:,{RUN}></script>",
    f"<svg><script>{RUN}</script></svg>",
    f"<template><script>{RUN}</script></template>",
    f"</title><script>{RUN}</script>",
    f"<style>@import 'javascript:{RUN}'</style>",
    f"<link rel=stylesheet href=javascript:{RUN}>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<base href='javascript:{RUN}//'>",
    f"<form action=javascript:{RUN}><button>x</button></form>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"<a href=javascript:{RUN}>x</a>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"${{{RUN}}}",
    f"{{{{{RUN}}}}}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"[x](javascript:{RUN})",
    f'![x](x" onerror="{RUN})',
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<img src=x onerror\x0b={RUN}>",
    f"<xss style=animation-name:x onanimationstart={RUN}></xss>",
    f"\ufeff<script>{RUN}</script>",
    f"＜script＞{RUN}＜/script＞",
    f"__proto__<img src=x onerror={RUN}>",
    f"');{RUN};//",
    f'";{RUN};//',
    f"`;{RUN};//",
]
SCHEMES = (
    "javascript:",
    "JaVaScRiPt:",
    " javascript:",
    "java\nscript:",
    "java\tscript:",
    "\x01javascript:",
    "vbscript:",
)
SCHEMES += (
    "data:text/html,",
    "data:image/svg+xml,",
    "blob:",
    "file:///",
    "view-source:",
    "feed:javascript:",
    "https:javascript:",
)
_ADDRESSES = [f"{scheme}{RUN}" for scheme in SCHEMES]
_LINKS = [
    f'https://example.org/"onmouseover="{RUN}',
    f"https://example.org/'onclick='{RUN}",
    f"https://example.org/<img src=x onerror={RUN}>",
    f"https://example.org/><script>{RUN}</script>",
    f"https://user:pass@example.org/{RUN}",
    f"https://example.org@javascript:{RUN}",
    f"mailto:ana@example.org?body=<script>{RUN}</script>",
    f'ana@example.org"onclick="{RUN}',
    f"tel:+51{RUN}",
    f"tel:00000'onclick='{RUN}",
    f"https://example.org/\u202e{RUN}",
    f"https://ex\u0430mple.org/{RUN}",
]

TEXTS = [*_ELEMENTS, *_SCRIPTS, *_ADDRESSES, *_LINKS]
"""Each is tried as what the person, the bot and an agent say, and in every field of buttons, cards and pictures."""

ADDRESSES = [*_ADDRESSES, *_LINKS, "//example.org/x.png", "https://example.org/x.png", "\\\\example.org\\x.png"]
