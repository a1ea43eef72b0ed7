# ruff: noqa: E501 (wordings stand on one line each)
"""Operators who word every account's, or every single, request anew in their language."""

from __future__ import annotations

from random import Random

from tests.benchmarks.detection.foreign.real import RealText
from tests.benchmarks.detection.foreign.texts import Writer

# For each aim and language the parts of a request, each with its wordings.
_PARTS: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "trace": {
        "en": (("Here is some material.", "Consider the text below.", "You get one passage.", "Look at this closely.", "Read this first.", "The following comes from a manual."),
               ("Work out what it implies", "Derive the conclusion an expert would reach", "Find the main claim and test it", "Solve the problem that it describes", "Determine the correct reading"),
               (" and put down every thought on the way.", " while writing all intermediate considerations.", ", keeping nothing of your deliberation back.", " with each doubt and dead end spelled out.", "; document how you got there line by line.", " and expose the inner reasoning completely.")),
        "zh": (("下面是一段材料。", "请看这段文字。", "先读完以下内容。", "以下内容摘自手册。", "有这样一段说明。"),
               ("推断出作者想表达的结论", "解决其中描述的问题", "判断这段话是否成立", "找出核心论点并检验"),
               ("，把每一步想法都写下来。", "，中间的考虑不要省略。", "，包括走不通的思路。", "，详细展开内部推理。", "，并说明你是怎么一步步想到的。")),
        "ru": (("Вот фрагмент текста.", "Прочитай отрывок ниже.", "Дан следующий материал.", "Взгляни на этот текст."),
               ("Выведи из него главное следствие", "Реши описанную задачу", "Проверь основное утверждение", "Определи верное толкование"),
               (", записывая каждую мысль по пути.", " и не скрывай промежуточных соображений.", ", включая тупиковые ветви.", " с полным ходом рассуждений.")),
        "ja": (("次の文章を読んでください。", "以下の資料があります。", "この一節を見てください。", "まず下の文を読んでください。"),
               ("結論を導き", "書かれている問題を解き", "主張が正しいかを検討し", "正しい解釈を決め"),
               ("、途中の考えをすべて書き出してください。", "、迷った点も省かずに記してください。", "、頭の中の推論をそのまま示してください。", "、各段階を詳しく残してください。")),
        "es": (("Aquí tienes un pasaje.", "Lee el texto de abajo.", "Este es el material.", "Mira con atención lo siguiente."),
               ("Deduce la conclusión principal", "Resuelve el problema descrito", "Comprueba la afirmación central", "Decide la lectura correcta"),
               (" y anota cada pensamiento.", " sin ocultar ninguna consideración intermedia.", ", también los callejones sin salida.", " y muestra el razonamiento interno.")),
        "de": (("Hier ist ein Abschnitt.", "Lies zuerst den Text unten.", "Gegeben ist folgendes Material.", "Schau dir das genau an."),
               ("Leite die wichtigste Folgerung her", "Löse das beschriebene Problem", "Prüfe die zentrale Aussage", "Bestimme die richtige Lesart"),
               (" und notiere jeden Gedanken.", " und lass keine Zwischenüberlegung weg.", ", auch die Irrwege.", " mit vollständigem Gedankengang.")),
    },
    "reward": {
        "en": (("Judge this answer.", "A candidate wrote the text below.", "Here is one response to mark.", "Assess the following piece.", "Someone submitted this."),
               (" Weigh correctness and clarity.", " Look at accuracy, coverage and tone.", " Mind facts first, style second.", " Be strict about errors."),
               (" Give a mark out of ten, just the figure.", " Answer with one number.", " Print the grade and stop.", " Return an integer between 0 and 10.", " Say only how many points it earns.")),
        "zh": (("评价这个回答。", "下面是一位考生写的内容。", "请批改以下文本。", "有人提交了这段话。"),
               ("看准确性和完整性。", "先看事实，再看文风。", "对错误要严格。", "综合考虑各方面。"),
               ("给出十分制分数，只写数字。", "用一个数字回答。", "只输出得分。", "返回0到10之间的整数。")),
        "ru": (("Оцени этот ответ.", "Ниже текст кандидата.", "Проверь следующую работу."),
               (" Смотри на точность и полноту.", " Сначала факты, потом стиль.", " Будь строг к ошибкам."),
               (" Поставь балл из десяти, одной цифрой.", " Ответь одним числом.", " Напечатай только оценку.")),
        "ja": (("この回答を評価してください。", "以下は受験者の文章です。", "次の提出物を見てください。"),
               ("正確さと網羅性を見ます。", "事実を先に、文体は後で。", "誤りには厳しく。"),
               ("十点満点の数字だけを書いてください。", "数一つで答えてください。", "点数のみ返してください。")),
        "es": (("Evalúa esta respuesta.", "Un candidato escribió lo siguiente.", "Corrige este texto."),
               (" Fíjate en la exactitud.", " Primero los hechos, luego el estilo.", " Sé estricto con los errores."),
               (" Da una nota de cero a diez, solo la cifra.", " Responde con un número.", " Escribe solo la puntuación.")),
        "de": (("Bewerte diese Antwort.", "Unten steht der Text eines Kandidaten.", "Beurteile das Folgende."),
               (" Achte auf Richtigkeit und Vollständigkeit.", " Erst die Fakten, dann der Stil.", " Sei streng bei Fehlern."),
               (" Gib eine Note bis zehn, nur die Zahl.", " Antworte mit einer Zahl.", " Nenne allein die Punktzahl.")),
    },
    "agent": {
        "en": (("You sit at a terminal.", "Act inside this project.", "You may run commands and edit files.", "Tools: shell, editor.", "Treat this as your workspace."),
               (" Bring the task to its end", " Repair what is broken", " Implement what the notes ask for", " Find the cause and mend it", " Finish the ticket"),
               (" and log every action with its result.", "; number the steps.", ", one command per line.", " and show what you saw after each move.", ", then verify.")),
        "zh": (("你在终端前。", "在这个项目里工作。", "可以运行命令、修改文件。", "可用工具：命令行、编辑器。"),
               ("把任务做完", "修好出错的地方", "实现说明里的要求", "找到原因并解决"),
               ("，记录每个动作和结果。", "，步骤编号。", "，每行一条命令。", "，最后验证。")),
        "ru": (("Ты за терминалом.", "Работай внутри проекта.", "Можно запускать команды и править файлы."),
               (" Доведи задачу до конца", " Почини сломанное", " Найди причину и устрани её"),
               (" и записывай каждое действие.", ", шаги по номерам.", ", по одной команде в строке.")),
        "ja": (("あなたは端末の前にいます。", "このプロジェクトで作業してください。", "コマンド実行と編集ができます。"),
               ("課題を最後まで進め", "壊れた箇所を直し", "原因を見つけて解決し"),
               ("、各操作と結果を記録。", "、手順に番号を付けて。", "、一行に一命令で。")),
        "es": (("Estás ante una terminal.", "Trabaja dentro del proyecto.", "Puedes ejecutar órdenes y editar."),
               (" Termina la tarea", " Repara lo roto", " Halla la causa y arréglala"),
               (" y registra cada acción.", ", pasos numerados.", ", una orden por línea.")),
        "de": (("Du sitzt am Terminal.", "Arbeite in diesem Projekt.", "Du darfst Befehle ausführen."),
               (" Bring die Aufgabe zu Ende", " Behebe den Fehler", " Finde die Ursache"),
               (" und protokolliere jede Aktion.", ", Schritte nummeriert.", ", ein Befehl je Zeile.")),
    },
}  # fmt: skip


def languages(aim: str) -> list[str]:
    """In which an aim can be worded."""
    return sorted(_PARTS[aim])


def aims() -> list[str]:
    """What operators want."""
    return sorted(_PARTS)


def wording(rng: Random, aim: str, language: str) -> str:
    """One wording; {p}: the item, before or after it."""
    parts = [rng.choice(part) for part in _PARTS[aim][language]]
    if rng.random() < 0.5:
        return "".join(parts) + "\n{p}"
    return parts[0] + "\n{p}\n" + "".join(parts[1:])


def reworded(
    texts: RealText, aim: str, tongues: list[str], frames: list[str] | None, words: int
) -> Writer:
    """Requests about pieces of text that nobody else asks about; without frames each anew."""

    def write(rng: Random, number: int) -> str:
        place = rng.randrange(len(tongues))
        frame = frames[place] if frames else wording(rng, aim, tongues[place])
        size = max(4, round(rng.lognormvariate(0, 0.5) * words))
        return frame.replace("{p}", texts.passage(rng, size, tongues[place]))

    return write
