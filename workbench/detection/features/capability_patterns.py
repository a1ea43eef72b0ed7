"""Cheap marks of what a request asks of a model: code and mathematics, in the larger languages.

Tools and long conversations are read from the log's own columns. Rules of this kind tag, they do
not understand: a cluster's share is only ever compared with the case's. Patterns are RE2, for
lower-cased text.
"""

from __future__ import annotations

_CODE = (
    r"```|;\s*\n|\bdef \w+\(|\bfunction ?\w*\(|\b(struct|class) \w+ ?[:({]|(^|\n)import [a-z_.]+"
    r"|#include|select .{1,80} from |=> ?\{|</\w+>",
    r"\b(code|coding|bugs?|debug\w*|refactor\w*|compil(e|er|es|ation)|unit tests?|stack trace"
    r"|repository|pull request|source file|algorithm|python|javascript|typescript|golang|sql"
    r"|regex|kubernetes)\b",
    r"代码|编程|函数|调试|重构|单元测试|コード|関数|デバッグ|プログラム|코드|함수|디버그|프로그래밍",
    r"(^|[^а-яё])код(а|е|ом|у)?($|[^а-яё])|функци[яию]|программ(у|а|ир)|отлад"
    r"|\b(código|codigo|función|depurar|programar|fonction|débogu\w*|quellcode|programmier\w*"
    r"|função|depurar)\b|شفرة|برمجة|कोड",
)
_MATHS = (
    r"\\(frac|sum|int|sqrt|begin\{|mathbb)|\$[^$\n]{1,80}\$|[a-z] ?\^ ?\{?\d|∫|∑|√|≤|≥",
    r"\b(prove|proof|theorem|lemma|integrals?|equations?|polynomials?|probabilit(y|ies)"
    r"|derivatives?|matri(x|ces)|modulo|inequality|divisible|combinatorics)\b",
    r"证明|方程|定理|积分|概率|不等式|証明|方程式|積分|確率|증명|방정식|확률|적분",
    r"докаж|уравнен|теорем|интеграл|вероятност"
    r"|\b(demuestra|ecuación|probabilidad|démontre\w*|équation|probabilité|beweis\w*|gleichung"
    r"|wahrscheinlichkeit|demonstre|equação)\b|معادلة|समीकरण",
)
# A conversation of this many messages is a long one.
_LONG = 12


def capabilities() -> dict[str, str | int]:
    """The patterns by name and what counts as long, as parameters of `habits.sql`."""
    return {"code": "|".join(_CODE), "maths": "|".join(_MATHS), "long": _LONG}
