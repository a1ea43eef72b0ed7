# ruff: noqa: E501 (what people ask stands on one line a language)
"""Real text in place of invented words: a folder of plain files, one subfolder a language."""

from __future__ import annotations

from pathlib import Path
from random import Random

# What people ask about a text, and what they ask alike all over the world.
_ASKS = {
    "en": ("Explain: ", "What does this mean? ", "Summarise the following.\n", "Please fix the grammar: ", "Translate to German: ", "Is this right? ", "Give me an example of this: "),
    "zh": ("请解释：", "这是什么意思？", "总结一下下面的内容：\n", "帮我润色：", "翻译成英文：", "这样对吗？"),
    "ja": ("説明してください：", "これはどういう意味ですか？", "次の文章を要約してください。\n", "英語に翻訳して：", "これで合っていますか？"),
    "ru": ("Объясни: ", "Что это значит? ", "Кратко перескажи текст.\n", "Переведи на английский: ", "Правильно ли это? "),
    "es": ("Explica: ", "¿Qué significa esto? ", "Resume el siguiente texto.\n", "Traduce al inglés: ", "¿Está bien escrito? "),
    "de": ("Erkläre: ", "Was bedeutet das? ", "Fasse den Text zusammen.\n", "Übersetze ins Englische: ", "Stimmt das so? "),
    "fr": ("Explique : ", "Qu'est-ce que cela veut dire ? ", "Résume le texte suivant.\n", "Traduis en anglais : "),
    "pt": ("Explique: ", "O que isto significa? ", "Resuma o texto seguinte.\n", "Traduza para o inglês: "),
    "ko": ("설명해 줘: ", "이게 무슨 뜻이야? ", "다음 글을 요약해 줘.\n", "영어로 번역해 줘: "),
    "ar": ("اشرح: ", "ما معنى هذا؟ ", "لخص النص التالي.\n", "ترجم إلى الإنجليزية: "),
    "hi": ("समझाइए: ", "इसका क्या मतलब है? ", "इस पाठ का सारांश दीजिए।\n"),
    "code": ("Why does this fail?\n", "Add type hints:\n", "Write tests for this.\n", "What does this code do?\n"),
}  # fmt: skip
_SPARSE = frozenset(("zh", "ja", "th", "ko"))  # a word is two characters or so


class RealText:
    """Has the interface of `Vocabulary`; passages are cut from the files at random places."""

    def __init__(self, folder: Path) -> None:
        self.texts = {
            home.name: "\n".join(path.read_text("utf-8") for path in sorted(home.iterdir()))
            for home in sorted(folder.iterdir())
            if home.is_dir()
        }
        self.words = sorted(set(self.texts["en"][:400_000].split()))

    @property
    def languages(self) -> list[str]:
        """Of the files."""
        return sorted(self.texts)

    def pick(self, rng: Random) -> str:
        """A word."""
        return rng.choice(self.words)

    def passage(self, rng: Random, words: int, language: str = "en") -> str:
        """About so many words from some line on."""
        text = self.texts.get(language) or self.texts["en"]
        length = max(12, words * (3 if language in _SPARSE else 6))
        at = rng.randrange(max(len(text) - length, 1))
        line = text.find("\n", at) + 1
        at = line if 0 < line <= at + 200 else at
        return text[at : at + length].strip() or text[:length]

    def ask(self, rng: Random, language: str) -> str:
        """What comes before a passage; often nothing."""
        return rng.choice(_ASKS.get(language, _ASKS["en"])) if rng.random() < 0.5 else ""
