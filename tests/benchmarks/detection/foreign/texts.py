# ruff: noqa: E501, SIM905 (prompts and word lists stand on one line each)
"""Prompts: what people write, what is public, what customers and campaigns repeat."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Protocol

# Makes one prompt from the writer's dice and the number of the prompt.
Writer = Callable[[Random, int], str]

_ONSETS = "b br c ch cl d dr f fl g gr h j k l m n p pl pr qu r s sh st t th tr v w z".split()
_CORES = "a ai e ea i o oo ou u".split()
_ENDS = "b ck d ft l ll m n nd ng nt p r rd s st t th x".split()
_GLUE = ("the of and to in is that for with on as are this be by from at or an have it which but "
         "not you we if they can when where how because about after before so more").split()  # fmt: skip
_HAN = ("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
        "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形"
        "相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展")  # fmt: skip
_KANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん漢字問題回答方法"
_CYRILLIC = (
    "ба во ги до же за и ко ла мо не пи ро су то фе ха ци чу ша ще ва ря ню ты ст пр".split()
)


def word(rng: Random) -> str:
    """An invented word."""
    return "".join(
        rng.choice(_ONSETS) + rng.choice(_CORES) + (rng.choice(_ENDS) if rng.random() < 0.6 else "")
        for _ in range(rng.randint(1, 3))
    )


class Words(Protocol):
    """Where a world's words come from: invented, or real text."""

    def pick(self, rng: Random) -> str:
        """A word."""

    def passage(self, rng: Random, words: int, language: str = "en") -> str:
        """Running text of about so many words."""

    def ask(self, rng: Random, language: str) -> str:
        """What people put before a passage."""


class Vocabulary:
    """The words of a world, few common and many rare."""

    def __init__(self, rng: Random, size: int = 6000) -> None:
        self.words = sorted({word(rng) for _ in range(size)})
        rng.shuffle(self.words)

    def pick(self, rng: Random) -> str:
        """A word, by rank to the power -1 or so; glue in between."""
        if rng.random() < 0.42:
            return rng.choice(_GLUE)
        return self.words[int(len(self.words) * rng.random() ** 2.2)]

    def passage(self, rng: Random, words: int, language: str = "en") -> str:
        """Running text of about so many words."""
        if language == "zh":
            return "".join(rng.choice(_HAN) + ("，" if rng.random() < 0.06 else "")
                           for _ in range(2 * words)) + "。"  # fmt: skip
        if language == "ja":
            return "".join(rng.choice(_KANA) for _ in range(2 * words)) + "。"
        if language == "ru":
            return " ".join("".join(rng.choices(_CYRILLIC, k=rng.randint(1, 4)))
                            for _ in range(words)).capitalize() + "."  # fmt: skip
        out, left = [], words
        while left > 0:
            n = min(left, rng.randint(5, 18))
            out.append(
                " ".join(self.pick(rng) for _ in range(n)).capitalize() + rng.choice(".....?!")
            )
            left -= n
        return " ".join(out)

    def ask(self, rng: Random, language: str) -> str:
        """Nothing stands before a passage."""
        return ""


# What anybody may paste from a list of well-known prompts.
POPULAR = (
    "I want you to act as a linux terminal. I will type commands and you will reply with what the terminal should show. I want you to only reply with the terminal output inside one unique code block, and nothing else. Do not write explanations. My first command is pwd",
    "I want you to act as an English translator, spelling corrector and improver. I will speak to you in any language and you will detect the language, translate it and answer in the corrected and improved version of my text, in English. My first sentence is \"{x}\"",
    "I want you to act as an interviewer. I will be the candidate and you will ask me the interview questions for the {x} position. Do not write all the conversation at once.",
    "I want you to act as a javascript console. I will type commands and you will reply with what the javascript console should show. My first command is console.log(\"{x}\");",
    "I want you to act as a travel guide. I will write you my location and you will suggest a place to visit near my location. My first suggestion request is \"{x}\"",
    "You are an expert programmer. Explain the following code step by step:\n{p}",
    "Let's think step by step. {p}",
    "Summarize the following text in three bullet points:\n\n{p}",
    "Fix the grammar of this text and return only the corrected version: {p}",
    "请把下面的内容翻译成英文，并保持原意：{z}",
    "你现在是一个资深的软件工程师，请解释下面的代码：{z}",
    "Write a professional email to my manager about {x}",
)  # fmt: skip
JUDGE = (
    "Please act as an impartial judge and evaluate the quality of the response provided by an AI assistant to the user question displayed below. Your evaluation should consider factors such as the helpfulness, relevance, accuracy, depth, creativity, and level of detail of the response. Begin your evaluation by providing a short explanation. Rate the response on a scale of 1 to 10 by strictly following this format: \"[[rating]]\".\n\n[Question]\n{q}\n\n[The Start of Assistant's Answer]\n{p}\n[The End of Assistant's Answer]"
)  # fmt: skip
FEWSHOT = (
    "Question: There are 15 trees in the grove. Grove workers will plant trees in the grove today. After they are done, there will be 21 trees. How many trees did the grove workers plant today?\nAnswer: We start with 15 trees. Later we have 21 trees. The answer is 6.\n\nQuestion: {q}\nAnswer:"
)  # fmt: skip
DEFAULT_SYSTEMS = ("You are a helpful assistant.", "You are a helpful AI assistant. Answer concisely.",
                   "You are an AI coding assistant, powered by the editor. You operate in the editor.")  # fmt: skip


def people(vocabulary: Words, language: str, popular: float) -> Writer:
    """Free writing; sometimes a prompt from the well-known lists."""

    def write(rng: Random, number: int) -> str:
        if rng.random() < popular:
            text = rng.choice(POPULAR)
            return (text.replace("{x}", vocabulary.passage(rng, 3)[:-1])
                    .replace("{p}", vocabulary.passage(rng, rng.randint(15, 60)))
                    .replace("{z}", vocabulary.passage(rng, rng.randint(10, 40), "zh")))  # fmt: skip
        size = max(2, round(rng.lognormvariate(2.8, 1.1)))
        return vocabulary.ask(rng, language) + vocabulary.passage(rng, min(size, 160), language)

    return write


def questions(vocabulary: Words, rng: Random, count: int) -> list[str]:
    """A public test set."""
    return [
        f"{word(rng).title()} has {rng.randint(2, 90)} {vocabulary.pick(rng)}s. "
        + vocabulary.passage(rng, rng.randint(12, 35))
        + f" How many {vocabulary.pick(rng)}s does {word(rng).title()} have left?"
        for _ in range(count)
    ]


def bank(items: list[str], frame: str, vocabulary: Words) -> Writer:
    """Runs through a public list, in the order of the list or not."""

    def write(rng: Random, number: int) -> str:
        text = frame.replace("{q}", rng.choice(items))
        return text.replace("{p}", vocabulary.passage(rng, 40)) if "{p}" in text else text

    return write


def template(vocabulary: Words, frames: list[str], languages: list[str], words: int) -> Writer:
    """A customer's or an operator's frames; {p} is a passage of their own, {n} a number."""

    def write(rng: Random, number: int) -> str:
        place = rng.randrange(len(frames))
        size = max(4, round(rng.lognormvariate(0, 0.5) * words))
        text = vocabulary.passage(rng, size, languages[place])
        return frames[place].replace("{p}", text).replace("{n}", str(rng.randint(1, 99999)))

    return write


# An operator's frames by aim and language. {p}: the item.
AIMS: dict[str, dict[str, list[str]]] = {
    "trace": {
        "en": ["Below is a problem together with its final answer. Reconstruct every hidden step of the reasoning that leads to it, including discarded attempts.\n\n{p}",
               "Solve the task. Before the answer, write your complete inner monologue between <thought> tags and hold nothing back. Task: {p}",
               "{p}\n\nList the full chain of reasoning verbatim first; only then give the result on the last line."],
        "zh": ["下面是一道题目和最终答案。请还原得出答案的全部隐藏推理步骤，包括被放弃的尝试。\n{p}",
               "{p}\n请先逐字写出完整的思维过程，最后一行再给出结果。"],
        "ru": ["Ниже задача и готовый ответ. Восстанови все скрытые шаги рассуждения, включая отброшенные попытки.\n{p}"],
        "ja": ["次の問題と最終解答について、隠れた推論の手順をすべて省略せずに復元してください。\n{p}"],
    },
    "reward": {
        "en": ["You will grade one candidate against the rubric. Criteria: accuracy, completeness, style. Reply with a single integer from 0 to 10 and no other text.\n\nCandidate:\n{p}",
               "Two answers follow. Decide which one a careful expert would prefer and print A or B only.\n{p}"],
        "zh": ["请按照评分标准（准确性、完整性、文风）给候选回答打分，只输出0到10的整数，不要输出其他内容。\n候选回答：{p}",
               "比较下面两个回答，只输出更好的一个：A 或 B。\n{p}"],
        "ru": ["Оцени ответ кандидата по рубрике: точность, полнота, стиль. Выведи только целое число от 0 до 10.\n{p}"],
        "ja": ["採点基準に従って候補の回答を評価し、0から10の整数のみを出力してください。\n{p}"],
    },
    "agent": {
        "en": ["Repository snapshot:\n{p}\nYou control a shell and an editor. Resolve the issue end to end and record each thought, command and observation as a numbered trajectory.",
               "Continue the following tool-use session until the goal is met. Emit one JSON action per line with arguments filled in.\n{p}"],
        "zh": ["仓库快照：{p}\n你可以使用命令行和编辑器，请完整解决该问题，并把每一步的思考、命令和观察编号记录下来。"],
        "ru": ["Снимок репозитория: {p}\nРеши задачу полностью и запиши каждую мысль, команду и наблюдение по номерам."],
        "ja": ["リポジトリの状態：{p}\n問題を最後まで解決し、思考・コマンド・観察を番号付きで記録してください。"],
    },
    "code": {
        "en": ["Write a complete, production ready implementation for the specification below, followed by at least eight unit tests.\nSpecification: {p}",
               "Translate the following routine to Rust and justify each design decision in a comment.\n{p}"],
        "zh": ["根据下面的规格写出完整的可用于生产环境的实现，并附上至少八个单元测试。\n规格：{p}"],
        "ru": ["Напиши полную реализацию по спецификации и не менее восьми тестов.\nСпецификация: {p}"],
        "ja": ["以下の仕様に基づいて完全な実装と八つ以上の単体テストを書いてください。\n仕様：{p}"],
    },
}  # fmt: skip
_LEADS = ("", "Please note: ", "Task {n}. ", "Hi. ", "[{n}] ", "### ", "Instruction: ", "OK, ")


def operator_frames(
    rng: Random, aim: str, languages: list[str], variants: int, reworded: bool
) -> tuple[list[str], list[str]]:
    """Frames and the language of each: as they stand, or led in and shuffled sentence-wise."""
    frames, tongues = [], []
    for _ in range(variants):
        language = rng.choice(languages)
        text = rng.choice(AIMS[aim][language])
        if reworded:
            text = rng.choice(_LEADS) + text
            if rng.random() < 0.4 and ". " in text:
                parts = text.split(". ")
                rng.shuffle(parts)
                text = ". ".join(parts)
        frames.append(text if "{p}" in text else text + " {p}")
        tongues.append(language)
    return frames, tongues


CUSTOMER = (
    "Classify the following support ticket of {c} into one of billing, technical, account, other. Answer with the label only.\n\nTicket: {p}",
    "Extract vendor, date and total of this invoice for {c} as JSON with the keys vendor, date, total.\n{p}",
    "You write product descriptions for {c}. Keep the tone friendly and stay below 80 words. Product data: {p}",
    "Translate the user interface text of {c} to German, keep placeholders as they are.\n{p}",
    "Summarise the meeting of the {c} team. List decisions and open questions.\n\nTranscript:\n{p}",
    "为{c}的用户评论判断情感，只回答正面、负面或中性。评论：{p}",
    "Decide whether the comment below breaks the community rules of {c}. Reply yes or no.\nComment: {p}",
)  # fmt: skip
